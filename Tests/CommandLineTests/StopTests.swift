import Foundation
import Testing

@Suite("Every verb ends when it is asked to", .serialized)
struct StopTests {
    /// Two seconds are promised, or what is announced; tests leave room for a machine that does
    /// other things.
    private static let limit = Duration.seconds(10)

    /// Starts a verb, waits for a place, sends a signal, and expects an end with one line.
    private func stop(
        _ program: RunningProgram,
        with signal: Int32 = SIGTERM,
        when condition: () -> Bool
    ) throws -> Program.Ending {
        program.wait(until: condition)
        #expect(program.isRunning, "it ended before it was stopped")
        let asked = ContinuousClock.now
        program.send(signal)
        let ending = try program.end()
        #expect(asked.duration(to: .now) < Self.limit)
        #expect(ending.status == 128 + signal, "\(ending.status) \(ending.errors)")
        return ending
    }

    /// A while in which a program comes to where it waits.
    private func moment() -> () -> Bool {
        let began = ContinuousClock.now
        return { began.duration(to: .now) > .milliseconds(400) }
    }

    @Test("a chat that waits for a question ends")
    func chat() throws {
        let input = Pipe()
        let model = TinyRun.folder.appending(path: "base")
        let program = try Program.start(["chat", model.path], input: input)
        let ending = try stop(program, when: moment())
        #expect(ending.errors == "Stopped; nothing was written.\n")
    }

    @Test(
        "measurements of a machine end, and take their files and programs along",
        arguments: [
            ["benchmark", "train", "--steps", "1000000"],
            ["benchmark", "generate", "--rounds", "1000"],
            ["benchmark", "scaling"],
            ["benchmark", "merge", "--gigabytes", "0.05", "--rounds", "1000"],
        ]
    )
    func benchmarks(_ words: [String]) throws {
        let folder = try Program.temporaryFolder()
        defer { try? FileManager.default.removeItem(at: folder) }
        let program = try Program.start(words, temporary: folder)
        let began = ContinuousClock.now
        let ending = try stop(program) { began.duration(to: .now) > .seconds(2) }
        #expect(ending.errors.contains("Stopped; nothing was written.\n"), "\(ending.errors)")
        #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path) == [])
    }

    @Test("a program that a measurement has started ends with it")
    func children() throws {
        let folder = try Program.temporaryFolder()
        defer { try? FileManager.default.removeItem(at: folder) }
        let started = folder.appending(path: "started")
        let script = folder.appending(path: "peer.sh")
        // One that does not listen to a polite request.
        try Data("trap '' TERM\necho $$ > '\(started.path)'\nwhile true; do sleep 1; done\n".utf8)
            .write(to: script)
        let temporary = folder.appending(path: "temporary")
        try FileManager.default.createDirectory(at: temporary, withIntermediateDirectories: false)
        let program = try Program.start(
            ["benchmark", "peer", script.path, "--python", "bash"],
            temporary: temporary
        )
        _ = try stop(program) { FileManager.default.fileExists(atPath: started.path) }
        #expect(try FileManager.default.contentsOfDirectory(atPath: temporary.path) == [])
        let text = try String(contentsOf: started, encoding: .utf8)
        let child = try #require(pid_t(text.trimmingCharacters(in: .whitespacesAndNewlines)))
        let state = try? String(contentsOfFile: "/proc/\(child)/stat", encoding: .utf8)
        #expect(state == nil || state?.contains(") Z ") == true)
    }

    @Test(
        "a merge that is stopped leaves nothing of its output",
        arguments: [["--method", "average"], ["--method", "slerp", "--dtype", "float32"]]
    )
    func merge(_ flags: [String]) throws {
        let folder = try Program.temporaryFolder()
        defer { try? FileManager.default.removeItem(at: folder) }
        let models = folder.appending(path: "models")
        let maker = try Program.start(
            ["benchmark", "merge", "--gigabytes", "0.6", "--folder", models.path],
            temporary: folder
        )
        let base = models.appending(path: "language")
        _ = try stop(maker) { FileManager.default.fileExists(atPath: base.path) }
        func hasBegun() -> Bool {
            let names = try? FileManager.default.contentsOfDirectory(atPath: folder.path)
            return (names ?? []).contains { $0.hasPrefix(".merged") }
        }
        let program = try Program.start(
            [
                "merge", "--math", models.appending(path: "math").path, "--language",
                models.appending(path: "language").path, "--to",
                folder.appending(path: "merged").path, "--threads", "1",
            ] + flags
        )
        let ending = try stop(program, when: hasBegun)
        #expect(ending.errors.contains("Stopped; nothing was written.\n"), "\(ending.errors)")
        let left = try FileManager.default.contentsOfDirectory(atPath: folder.path)
        #expect(left == ["models"])
    }

    @Test("an evaluation that is stopped within a task ends, and leaves no records")
    func evaluate() throws {
        let folder = try Program.temporaryFolder()
        defer { try? FileManager.default.removeItem(at: folder) }
        let program = try Program.start([
            "evaluate", TinyRun.folder.appending(path: "base").path, "--recipe",
            "Recipes/tiny.yaml", "--set", "evaluation.problems.target.problems=50000", "--records",
            folder.appending(path: "records").path,
        ])
        let ending = try stop(program, when: moment())
        #expect(ending.errors.contains("Stopped; nothing was written.\n"), "\(ending.errors)")
        #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path) == [])
    }

    /// A step of this many tokens takes longer than a stop without words may.
    private static let long = [
        "--set", "training.tokens_per_batch=500000", "--set", "stages.base.steps=3",
        "--set", "training.validate_every=0", "--set", "training.checkpoint_every=1",
        "--threads", "1",
    ]

    @Test(
        "a run that is stopped within a long step says so, keeps it, and ends in the same bytes"
    )
    func longStep() throws {
        let folder = try Program.temporaryFolder()
        defer { try? FileManager.default.removeItem(at: folder) }
        func arguments(_ name: String) -> [String] {
            let output = folder.appending(path: name).path
            return ["train", "Recipes/tiny.yaml", "--set", "output=\(output)"] + Self.long
        }
        let first = folder.appending(path: "run/training-base/step-00000001")
        let program = try Program.start(arguments("run"))
        program.wait { FileManager.default.fileExists(atPath: first.path) }
        // Within the second step.
        let ending = try stop(program, when: moment())
        #expect(ending.errors.contains("Stopping when this step is done and saved, in "))
        #expect(ending.errors.contains("Stopped in base; all work is kept."), "\(ending.errors)")
        #expect(ending.errors.contains("Resume with:"), "\(ending.errors)")
        let second = folder.appending(path: "run/training-base/step-00000002")
        #expect(FileManager.default.fileExists(atPath: second.path))
        let work = folder.appending(path: "run/training-base")
        let left = try FileManager.default.contentsOfDirectory(atPath: work.path)
        #expect(!left.contains { $0.hasPrefix(".") || $0 == "rehearsal" }, "\(left)")
        #expect(try Program.start(arguments("run")).end().status == 0)
        #expect(try Program.start(arguments("whole")).end().status == 0)
        func weights(_ name: String) throws -> Data {
            try Data(contentsOf: folder.appending(path: "\(name)/base/model.safetensors"))
        }
        #expect(try weights("run") == weights("whole"))
    }

    @Test("a second signal ends at once")
    func twice() throws {
        let folder = try Program.temporaryFolder()
        defer { try? FileManager.default.removeItem(at: folder) }
        let output = folder.appending(path: "run")
        let program = try Program.start(
            ["train", "Recipes/tiny.yaml", "--set", "output=\(output.path)"] + Self.long
        )
        let rehearsal = output.appending(path: "training-base")
        program.wait { FileManager.default.fileExists(atPath: rehearsal.path) }
        program.send(SIGINT)
        // Sooner it would count as the first one that came twice.
        usleep(500_000)
        program.send(SIGINT)
        #expect(try program.end().status == 130)
    }
}
