import Foundation
import Testing

@Suite(
    "One model that several ranks measure",
    .serialized,
    .enabled(if: Program.launcher != nil, "no mpirun is installed")
)
struct DividedEvaluationTests {
    /// Most of what a model can be asked, a grid over two experts of a kind, and a search.
    private static func recipe(in place: URL) throws -> URL {
        let recipe = place.appending(path: "divided.yaml")
        try Data(
            """
            extends: \(Program.root.path)/Recipes/tiny.yaml
            name: divided
            stages: {base: {steps: 100}, math: {seeds: 2, steps: 40}}
            merges:
              soup: {method: average, write: false}
              swap: {method: layer-swap, write: false}
              grid: {method: layer-swap, bottom: [1, 2], write: false}
              found: {method: layer-swap, search: {strategy: greedy, budget: 8}, write: false}
            evaluation:
              data_parallel: true
              calculator: both
              operator_choice: true
              translations: 5
              questions: 5
              development: {problems: 7}
            """.utf8
        ).write(to: recipe)
        return recipe
    }

    /// Every file of the evaluations but their times, and the tables.
    private static func results(of run: URL) throws -> [String: Data] {
        var found: [String: Data] = [:]
        let files = FileManager.default.enumerator(atPath: run.path)
        while let path = files?.nextObject() as? String {
            let isResult =
                path == "results.json"
                || (path.hasPrefix("evaluation-") && !path.hasSuffix("stage.json"))
            let url = run.appending(path: path)
            guard isResult,
                (try? url.resourceValues(forKeys: [.isRegularFileKey]).isRegularFile) == true
            else { continue }
            found[path] = try Data(contentsOf: url)
        }
        return found
    }

    private static func replies(_ records: Data) -> [String] {
        records.split(separator: UInt8(ascii: "\n")).compactMap {
            (try? JSONSerialization.jsonObject(with: $0) as? [String: Any])?["reply"] as? String
        }
    }

    @Test("scores and answers have the same bytes at any number of ranks")
    func sameBytes() throws {
        let place = try Program.temporaryFolder()
        defer { try? FileManager.default.removeItem(at: place) }
        let recipe = try Self.recipe(in: place)
        let alone = place.appending(path: "alone")
        let expected = try Program.start(RankRun.arguments(recipe, alone)).end()
        #expect(expected.status == 0, "\(expected.errors)")
        let results = try Self.results(of: alone)
        #expect(results.keys.count { $0.hasSuffix(".jsonl") } > 10, "\(results.keys)")
        // Replies that are all the same would have the same bytes in any order.
        let replies = results.filter { $0.key.hasSuffix(".jsonl") }.map { Self.replies($0.value) }
        #expect(replies.contains { Set($0).count > 3 })
        for ranks in [2, 3] {
            let output = place.appending(path: "ranks-\(ranks)")
            let ending = try Program.start(RankRun.arguments(recipe, output), ranks: ranks).end()
            #expect(ending.status == 0, "\(ending.errors)")
            let found = try Self.results(of: output)
            #expect(Set(found.keys) == Set(results.keys))
            for (path, data) in found { #expect(data == results[path], "\(path) at \(ranks)") }
            let text = ending.output + ending.errors
            #expect(text.contains("rank 0  begins evaluation-grid"))
            #expect(!text.contains("rank 1  begins evaluation-"))
        }
    }

    @Test("what rank 0 cannot write ends the measuring at all ranks, and it goes on afterwards")
    func failing() throws {
        let place = try Program.temporaryFolder()
        defer { try? FileManager.default.removeItem(at: place) }
        let recipe = try Self.recipe(in: place)
        let output = place.appending(path: "run")
        let arguments = RankRun.arguments(recipe, output)
        // A file stands where rank 0 would make the folder of an evaluation.
        let parts = output.appending(path: "parts/run")
        try FileManager.default.createDirectory(at: parts, withIntermediateDirectories: true)
        try Data("{}".utf8).write(to: parts.appending(path: "evaluation-math"))
        try Data(#"{"recipe": "divided"}"#.utf8).write(to: output.appending(path: "run.json"))
        let ending = try Program.start(arguments, ranks: 2).end()
        #expect(ending.status == 1, "\(ending.errors)")
        let message = ending.errors.split(separator: "\n").first { $0.contains("error: ") }
        #expect(message?.contains("evaluation-math") == true, "\(ending.errors)")
        try FileManager.default.removeItem(at: parts.appending(path: "evaluation-math"))
        let second = try Program.start(arguments, ranks: 2).end()
        #expect(second.status == 0, "\(second.errors)")
    }
}
