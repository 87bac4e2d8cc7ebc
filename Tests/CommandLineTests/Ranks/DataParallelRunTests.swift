import Foundation
import Testing

@Suite(
    "One model that several ranks train",
    .serialized,
    .enabled(if: Program.launcher != nil, "no mpirun is installed")
)
struct DataParallelRunTests {
    private static let together = ["--set", "training.data_parallel=true"]
    private static let recipe = Program.root.appending(path: "Recipes/tiny.yaml")

    private static func record(of stage: String, in run: URL) throws -> [String: Any] {
        let data = try Data(contentsOf: run.appending(path: "\(stage)/stage.json"))
        return try #require(JSONSerialization.jsonObject(with: data) as? [String: Any])
    }

    /// Without instructions for it, bf16 falls back to fp32 with a note, at all ranks alike.
    @Test(
        "ranks of one thread give the bytes of as many threads in one process",
        arguments: [(2, "fp32"), (3, "fp32"), (2, "bf16")]
    )
    func sameBytes(ranks: Int, precision: String) throws {
        let place = try Program.temporaryFolder()
        defer { try? FileManager.default.removeItem(at: place) }
        let setting = ["--set", "training.precision=\(precision)"]
        let alone = place.appending(path: "alone")
        let arguments = ["run", Self.recipe.path, "--threads", "\(ranks)"] + setting
        let expected = try Program.start(arguments + ["--set", "output=\(alone.path)"]).end()
        #expect(expected.status == 0, "\(expected.errors)")
        let output = place.appending(path: "ranks")
        let ending = try Program.start(
            RankRun.arguments(Self.recipe, output) + Self.together + setting,
            ranks: ranks
        ).end()
        #expect(ending.status == 0, "\(ending.errors)")
        let (found, results) = try (RankRun.results(of: output), RankRun.results(of: alone))
        #expect(Set(found.keys) == Set(results.keys))
        #expect(found.keys.count { $0.hasSuffix("model.safetensors") } == 5)
        for (path, data) in found where path.hasSuffix("model.safetensors") {
            #expect(data == results[path], "\(path)")
        }
        for stage in ["base", "math", "language"] {
            let record = try Self.record(of: stage, in: output)
            #expect(record["ranks"] as? Int == ranks && record["threads"] as? Int == 1)
            let whole = try Self.record(of: stage, in: alone)
            // Who has trained a model is no part of what it is.
            #expect(record["identity"] as? String == whole["identity"] as? String)
        }
        // One training after the other, each by rank 0 and all that join it.
        let text = ending.output + ending.errors
        #expect(text.contains("rank 0  begins base"))
        #expect(!text.contains("rank 1  begins base"))
    }

    @Test("a stopped training goes on with any number of ranks, and with its own to the same bytes")
    func stopped() throws {
        let place = try Program.temporaryFolder()
        defer { try? FileManager.default.removeItem(at: place) }
        let longer = [
            "--set", "stages.base.steps=600", "--set", "training.checkpoint_every=20",
        ]
        let whole = place.appending(path: "whole")
        let expected = try Program.start(
            RankRun.arguments(Self.recipe, whole) + Self.together + longer,
            ranks: 2
        ).end()
        #expect(expected.status == 0, "\(expected.errors)")
        let weights = try Data(contentsOf: whole.appending(path: "base/model.safetensors"))
        for second in [2, 1] {
            // A copy has a path of its own, by which its ranks are found.
            let recipe = place.appending(path: "stopped-\(second).yaml")
            try Data("extends: \(Self.recipe.path)\nname: stopped".utf8).write(to: recipe)
            let output = place.appending(path: "stopped-\(second)")
            let arguments = RankRun.arguments(recipe, output) + Self.together + longer
            let work = output.appending(path: "parts/run/base/training-base").path
            let first = try Program.start(arguments, ranks: 2)
            first.wait {
                let names = (try? FileManager.default.contentsOfDirectory(atPath: work)) ?? []
                return names.contains { $0.hasPrefix("step-") }
            }
            // One rank alone hears of it, and all stop after the same step.
            try RankRun.signal(SIGTERM, recipe, onlyLast: true)
            #expect(try first.end().status != 0)
            let ending =
                second == 1
                ? try Program.start(arguments).end()
                : try Program.start(arguments, ranks: second).end()
            #expect(ending.status == 0, "\(ending.errors)")
            let found = try Data(contentsOf: output.appending(path: "base/model.safetensors"))
            #expect(found.count == weights.count)
            if second == 2 { #expect(found == weights) }
            let metrics = output.appending(path: "base/metrics.jsonl")
            let steps = try String(decoding: Data(contentsOf: metrics), as: UTF8.self)
                .split(separator: "\n").count { $0.contains("\"kind\":\"step\"") }
            #expect(steps == 600)
        }
    }

    @Test("what rank 0 cannot write ends all ranks with one message; a killed rank ends the others")
    func failing() throws {
        let place = try Program.temporaryFolder()
        defer { try? FileManager.default.removeItem(at: place) }
        let recipe = place.appending(path: "failing.yaml")
        try Data("extends: \(Self.recipe.path)\nname: failing".utf8).write(to: recipe)
        let output = place.appending(path: "run")
        let endless = [
            "--set", "stages.base.steps=1000000", "--set", "training.checkpoint_every=50",
        ]
        let arguments = RankRun.arguments(recipe, output) + Self.together + endless
        let work = output.appending(path: "parts/run/base/training-base")
        func hasCheckpoint() -> Bool {
            let names = (try? FileManager.default.contentsOfDirectory(atPath: work.path)) ?? []
            return names.contains { $0.hasPrefix("step-") }
        }
        let first = try Program.start(arguments, ranks: 3)
        first.wait(until: hasCheckpoint)
        // A file takes the place of the folder of checkpoints.
        try FileManager.default.removeItem(at: work)
        try Data().write(to: work)
        let ending = try first.end()
        #expect(ending.status == 1, "\(ending.errors)")
        let messages = ending.errors.split(separator: "\n").filter { $0.contains("error: rank ") }
        #expect(messages.count == 1, "\(ending.errors)")
        #expect(messages.first?.contains("rank 0") == true, "\(ending.errors)")
        try FileManager.default.removeItem(at: work)
        let second = try Program.start(arguments, ranks: 2)
        second.wait(until: hasCheckpoint)
        try RankRun.signal(SIGKILL, recipe, onlyLast: true)
        #expect(try second.end().status != 0)
        #expect(hasCheckpoint())
    }
}
