import Foundation
import Testing

@Suite("Runs with restricted training", .serialized)
struct RestrictedRunTests {
    private static let settings = [
        "training.checkpoint_every=20", "training.keep_checkpoints=100", "stages.base.steps=10",
        "stages.math.steps=240",
        "stages.math.lora={rank: 4}", "stages.math.freeze=outer", "stages.language.steps=240",
        "stages.language.mixture=null",
        "stages.language.partitions={sums: {train: middle, mixture: {p: {source: problems}}}, "
            + "words: {train: outer, mixture: {t: {source: text, language: target}}}}",
    ].flatMap { ["--set", $0] }

    private static func start(_ stage: String, _ output: URL) throws -> RunningProgram {
        try Program.start(
            ["train", "Recipes/tiny.yaml", "--stage", stage, "--set", "output=\(output.path)"]
                + settings
        )
    }

    @Test("a killed run with adapters and partitions goes on to the same bytes")
    func resumption() throws {
        let folder = try Program.temporaryFolder()
        defer { try? FileManager.default.removeItem(at: folder) }
        let whole = folder.appending(path: "whole")
        for stage in ["math", "language"] {
            let ending = try Self.start(stage, whole).end()
            #expect(ending.status == 0, "\(ending.errors)")
            // Partitions may train everything between them.
            #expect(ending.output.contains(" trained, ") == (stage == "math"), "\(ending.output)")
        }
        let killed = folder.appending(path: "killed")
        for stage in ["math", "language"] {
            let program = try Self.start(stage, killed)
            program.wait {
                let step = killed.appending(path: "training-\(stage)/step-00000040")
                return FileManager.default.fileExists(atPath: step.path)
            }
            program.send(SIGKILL)
            _ = try program.end()
            let result = killed.appending(path: stage)
            #expect(!FileManager.default.fileExists(atPath: result.path), "it was too fast")
            let ending = try Self.start(stage, killed).end()
            #expect(ending.status == 0, "\(ending.errors)")
        }
        for file in [
            "math/model.safetensors", "math/adapter/adapter_model.safetensors",
            "language/model.safetensors",
        ] {
            let expected = try Data(contentsOf: whole.appending(path: file))
            #expect(try Data(contentsOf: killed.appending(path: file)) == expected, "\(file)")
        }
        let metrics = try String(
            contentsOf: whole.appending(path: "language/metrics.jsonl"),
            encoding: .utf8
        )
        #expect(metrics.contains("\"partition\":\"sums\"") && metrics.contains("\"words\":"))
    }
}
