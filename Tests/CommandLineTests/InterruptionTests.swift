import Foundation
import Testing

@Suite("Interruptions", .serialized)
struct InterruptionTests {
    /// Long enough to be hit in the middle; small enough for a second.
    private static let settings = [
        "--set", "stages.base.steps=160", "--set", "stages.math.steps=40",
        "--set", "training.checkpoint_every=20",
    ]

    private static let models = ["base", "math", "language", "soup", "swap"]

    private static let reference: [String: Data] = {
        guard let folder = try? Program.temporaryFolder() else { return [:] }
        defer { try? FileManager.default.removeItem(at: folder) }
        let output = folder.appending(path: "run")
        _ = try? Program.start(arguments(output)).end()
        return weights(output)
    }()

    private static func arguments(_ output: URL) -> [String] {
        ["run", "Recipes/tiny.yaml", "--set", "output=\(output.path)"] + settings
    }

    private static func weights(_ output: URL) -> [String: Data] {
        var weights: [String: Data] = [:]
        for model in models {
            let file = output.appending(path: model).appending(path: "model.safetensors")
            weights[model] = try? Data(contentsOf: file)
        }
        return weights
    }

    /// Where a run is hit: when this path of its folder is there.
    static let places = [
        "training-base/metrics.jsonl", "training-base/step-00000060", "training-base/step-00000140",
        "training-math/step-00000020", "training-language/metrics.jsonl",
    ]

    @Test("a run that is stopped with Ctrl-C and goes on ends in the same bytes", arguments: places)
    func stop(_ place: String) throws {
        let folder = try Program.temporaryFolder()
        defer { try? FileManager.default.removeItem(at: folder) }
        let output = folder.appending(path: "run")
        let program = try Program.start(Self.arguments(output))
        program.wait {
            FileManager.default.fileExists(atPath: output.appending(path: place).path)
        }
        program.send(SIGINT)
        let stopped = try program.end()
        #expect(stopped.status == 130, "\(stopped.errors)")
        #expect(stopped.errors.contains("all work is kept. Resume with:"))
        #expect(stopped.errors.contains("run Recipes/tiny.yaml --set output="))
        let resumed = try Program.start(Self.arguments(output)).end()
        #expect(resumed.status == 0, "\(resumed.errors)")
        #expect(Self.reference.count == Self.models.count)
        #expect(Self.weights(output) == Self.reference)
    }

    @Test("a run that is killed and goes on ends in the same bytes", arguments: places)
    func killed(_ place: String) throws {
        let folder = try Program.temporaryFolder()
        defer { try? FileManager.default.removeItem(at: folder) }
        let output = folder.appending(path: "run")
        let program = try Program.start(Self.arguments(output))
        program.wait {
            FileManager.default.fileExists(atPath: output.appending(path: place).path)
        }
        program.send(SIGKILL)
        #expect(try program.end().status == SIGKILL)
        let resumed = try Program.start(Self.arguments(output)).end()
        #expect(resumed.status == 0, "\(resumed.errors)")
        #expect(Self.weights(output) == Self.reference)
    }

    @Test(
        "a run that hears that its terminal has gone keeps its work",
        .enabled(if: Terminal.hearsHangUps)
    )
    func hangUp() throws {
        let folder = try Program.temporaryFolder()
        defer { try? FileManager.default.removeItem(at: folder) }
        let output = folder.appending(path: "run")
        let program = try Program.start(Self.arguments(output))
        program.wait {
            let step = output.appending(path: "training-base/step-00000060")
            return FileManager.default.fileExists(atPath: step.path)
        }
        program.send(SIGHUP)
        let stopped = try program.end()
        #expect(stopped.status == 128 + SIGHUP, "\(stopped.errors)")
        #expect(stopped.errors.contains("all work is kept. Resume with:"), "\(stopped.errors)")
    }

    @Test("a run that ignores that its terminal has gone, as below nohup, goes on")
    func ignoredHangUp() throws {
        let folder = try Program.temporaryFolder()
        defer { try? FileManager.default.removeItem(at: folder) }
        let output = folder.appending(path: "run")
        let step = output.appending(path: "training-base/step-00000060")
        let process = Process()
        process.executableURL = URL(filePath: "/bin/bash")
        let script = """
            trap '' HUP
            "$0" "$@" > /dev/null &
            until [ -e '\(step.path)' ] || ! kill -0 $!; do sleep 0.02; done
            kill -HUP $!
            wait $!
            """
        process.arguments = ["-c", script, Program.url.path] + Self.arguments(output)
        process.currentDirectoryURL = Program.root
        process.standardError = FileHandle.nullDevice
        try process.run()
        process.waitUntilExit()
        #expect(process.terminationStatus == 0)
        #expect(Self.weights(output) == Self.reference)
    }

    @Test("a stage that goes on with another number of threads keeps its own")
    func threads() throws {
        let folder = try Program.temporaryFolder()
        defer { try? FileManager.default.removeItem(at: folder) }
        let output = folder.appending(path: "run")
        let program = try Program.start(Self.arguments(output))
        program.wait {
            let step = output.appending(path: "training-base/step-00000060")
            return FileManager.default.fileExists(atPath: step.path)
        }
        program.send(SIGTERM)
        #expect(try program.end().status == 128 + SIGTERM)
        let other = ProcessInfo.processInfo.activeProcessorCount + 1
        let resumed = try Program.start(
            ["train", "Recipes/tiny.yaml", "--set", "output=\(output.path)"] + Self.settings
                + ["--threads", "\(other)"]
        ).end()
        #expect(resumed.status == 0, "\(resumed.errors)")
        #expect(resumed.output.contains("so that it ends in the same bytes"))
        #expect(Self.weights(output)["base"] == Self.reference["base"])
    }

    @Test("a second run of one folder is refused while the first is working")
    func lock() throws {
        let folder = try Program.temporaryFolder()
        defer { try? FileManager.default.removeItem(at: folder) }
        let output = folder.appending(path: "run")
        let program = try Program.start(Self.arguments(output))
        program.wait {
            FileManager.default.fileExists(atPath: output.appending(path: "training-base").path)
        }
        let second = try Program.start(Self.arguments(output)).end()
        #expect(second.status == 1)
        #expect(second.errors.contains("is working in"))
        program.send(SIGKILL)
        _ = try program.end()
    }
}
