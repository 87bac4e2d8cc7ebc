import Foundation
import Testing

/// What the program does on a terminal: that of `script`, which gives it one without a screen.
@Suite("Terminals", .serialized, .enabled(if: Terminal.isThere))
struct TerminalTests {
    private static let training = ["train", "Recipes/tiny.yaml", "--set", "stages.base.steps=160"]

    /// Runs a training to its end on a terminal, and gives what it has shown.
    private func shown(after setting: String) throws -> String {
        let folder = try Program.temporaryFolder()
        defer { try? FileManager.default.removeItem(at: folder) }
        let output = folder.appending(path: "run").path
        let (process, pipe) = try Terminal.start(
            setting,
            Self.training + ["--set", "output=\(output)"]
        )
        let data = try pipe.fileHandleForReading.readToEnd() ?? Data()
        process.waitUntilExit()
        #expect(process.terminationStatus == 0)
        return String(decoding: data, as: UTF8.self)
    }

    @Test("a step fits 80 columns with whole fields, and the time left is always one of them")
    func width() throws {
        let steps = try shown(after: "stty cols 80").split(separator: "\r")
            .map { $0.prefix { $0 != "\u{1B}" } }.filter { $0.hasPrefix("  step ") }
        #expect(!steps.isEmpty)
        for step in steps {
            #expect(step.count < 80, "\(step)")
            #expect(step.contains(#/loss [\d.]+ .* [MG]B  eta \S+$/#), "\(step)")
        }
    }

    @Test("a terminal that cannot rewrite a line gets none that would be")
    func dumb() throws {
        let text = try shown(after: "export TERM=dumb")
        #expect(text.contains("step ") && !text.contains("\u{1B}"))
    }

    @Test(
        "a run whose terminal goes away saves its work",
        .enabled(if: Terminal.hearsHangUps)
    )
    func hangUp() throws {
        let folder = try Program.temporaryFolder()
        defer { try? FileManager.default.removeItem(at: folder) }
        let output = folder.appending(path: "run")
        let number = folder.appending(path: "number")
        let (process, _) = try Terminal.start(
            "echo $$ > '\(number.path)'",
            [
                "train", "Recipes/tiny.yaml", "--set", "stages.base.steps=1000000", "--set",
                "training.checkpoint_every=1000000", "--set", "output=\(output.path)",
            ]
        )
        let work = output.appending(path: "training-base")
        func hasMetrics() -> Bool {
            let file = work.appending(path: "metrics.jsonl")
            return ((try? Data(contentsOf: file)) ?? Data()).count > 1_000
        }
        func hasCheckpoint() -> Bool {
            let names = (try? FileManager.default.contentsOfDirectory(atPath: work.path)) ?? []
            return names.contains { $0.hasPrefix("step-") }
        }
        Terminal.wait(until: hasMetrics)
        let text = try String(contentsOf: number, encoding: .utf8)
        let program = try #require(pid_t(text.trimmingCharacters(in: .whitespacesAndNewlines)))
        defer { kill(program, SIGKILL) }
        #expect(!hasCheckpoint())
        // The terminal goes with the program that has made it.
        kill(process.processIdentifier, SIGKILL)
        process.waitUntilExit()
        Terminal.wait(until: hasCheckpoint)
        #expect(hasCheckpoint())
    }
}

/// Programs on a terminal of their own.
enum Terminal {
    private static let script = URL(filePath: "/usr/bin/script")
    static var isThere: Bool { FileManager.default.isExecutableFile(atPath: script.path) }

    /// Whether programs that are started here hear that their terminal has gone: they inherit that
    /// the signal is ignored, as below `nohup`.
    static let hearsHangUps: Bool = {
        let status = try? String(contentsOfFile: "/proc/self/status", encoding: .utf8)
        let line = status?.split(separator: "\n").first { $0.hasPrefix("SigIgn:") }
        let ignored = line?.split(separator: "\t").last.flatMap { UInt64($0, radix: 16) } ?? 0
        return ignored & 1 == 0
    }()

    /// Starts the program on a terminal, after a command of the shell; what it shows is in the
    /// pipe.
    static func start(_ setting: String, _ arguments: [String]) throws -> (Process, Pipe) {
        let words = ([Program.url.path] + arguments).map { "'\($0)'" }.joined(separator: " ")
        let process = Process()
        process.executableURL = script
        process.arguments = [
            "--quiet", "--return", "--command", "\(setting); exec \(words)", "/dev/null",
        ]
        process.currentDirectoryURL = Program.root
        let pipe = Pipe()
        process.standardInput = FileHandle.nullDevice
        process.standardOutput = pipe
        process.standardError = FileHandle.nullDevice
        try process.run()
        return (process, pipe)
    }

    /// Waits until something holds, or half a minute has passed.
    static func wait(until condition: () -> Bool) {
        for _ in 0..<3_000 where !condition() { usleep(10_000) }
    }
}
