import Foundation
import Testing

@Suite(
    "Studies that several ranks work on",
    .serialized,
    .enabled(if: Program.launcher != nil, "no mpirun is installed")
)
struct RankStudyTests {
    @Test("the same study has the same bytes with 1, 2 and 4 ranks")
    func sameBytes() throws {
        let place = try Program.temporaryFolder()
        defer { try? FileManager.default.removeItem(at: place) }
        let recipe = try RankRun.recipe(in: place)
        let alone = place.appending(path: "alone")
        let expected = try Program.start(RankRun.arguments(recipe, alone)).end()
        #expect(expected.status == 0, "\(expected.errors)")
        let results = try RankRun.results(of: alone)
        // Three models and two merges in four experiments, and a table for each of both settings.
        #expect(results.keys.count { $0.hasSuffix("model.safetensors") } == 20)
        #expect(results.keys.contains { $0.hasPrefix("results-steps-6") })
        for ranks in [2, 4] {
            let output = place.appending(path: "with-\(ranks)")
            let ending = try Program.start(RankRun.arguments(recipe, output), ranks: ranks).end()
            #expect(ending.status == 0, "\(ending.errors)")
            let found = try RankRun.results(of: output)
            #expect(Set(found.keys) == Set(results.keys))
            for (path, data) in found { #expect(data == results[path], "\(path) at \(ranks)") }
            // Every rank has made something, and nothing was made twice.
            let text = ending.output + ending.errors
            let made = text.split(separator: "\n").filter { $0.contains(" finished, ") }
                .filter { $0.hasPrefix("rank ") }
            for rank in 0..<ranks { #expect(made.contains { $0.hasPrefix("rank \(rank) ") }) }
            let names = made.compactMap {
                $0.split(separator: "  ").last?.split(separator: ",").first
            }
            #expect(Set(names).count == names.count && !names.isEmpty, "\(names)")
            #expect(!FileManager.default.fileExists(atPath: output.appending(path: "parts").path))
            // Again there is nothing to make.
            let again = try Program.start(RankRun.arguments(recipe, output), ranks: ranks).end()
            #expect(again.status == 0 && !again.output.contains("begins"), "\(again.errors)")
        }
    }

    @Test("a study that is stopped at three ranks goes on at one, and the other way round")
    func stopped() throws {
        let place = try Program.temporaryFolder()
        defer { try? FileManager.default.removeItem(at: place) }
        let recipe = try RankRun.recipe(in: place)
        let longer = ["--set", "stages.base.steps=1500", "--set", "training.checkpoint_every=20"]
        let alone = place.appending(path: "alone")
        let expected = try Program.start(RankRun.arguments(recipe, alone) + longer).end()
        #expect(expected.status == 0, "\(expected.errors)")
        let output = place.appending(path: "stopped")
        let arguments = RankRun.arguments(recipe, output) + longer
        func hasCheckpoint() -> Bool {
            ["steps-6-seed-1", "steps-6-seed-2"].contains { cell in
                let work = output.appending(path: "parts/\(cell)/base/training-base").path
                let names = (try? FileManager.default.contentsOfDirectory(atPath: work)) ?? []
                return names.contains { $0.hasPrefix("step-") }
            }
        }
        let three = try Program.start(arguments, ranks: 3)
        three.wait(until: hasCheckpoint)
        try RankRun.signal(SIGTERM, recipe)
        #expect(try three.end().status != 0 && hasCheckpoint())
        // One process begins with what a rank has begun.
        let one = try Program.start(arguments)
        one.wait { (one.output + one.errors).contains("resuming after step") }
        #expect((one.output + one.errors).contains("resuming after step"))
        one.send(SIGINT)
        #expect(try one.end().status == 130)
        let ending = try Program.start(arguments, ranks: 2).end()
        #expect(ending.status == 0, "\(ending.errors)")
        let (found, results) = try (RankRun.results(of: output), RankRun.results(of: alone))
        #expect(found == results)
    }

    @Test("a unit that cannot be made ends all ranks, with its rank and its words")
    func failing() throws {
        let place = try Program.temporaryFolder()
        defer { try? FileManager.default.removeItem(at: place) }
        let recipe = try RankRun.recipe(in: place)
        let output = place.appending(path: "run")
        let endless = ["--set", "stages.base.steps=1000000"]
        let first = try Program.start(RankRun.arguments(recipe, output) + endless, ranks: 2)
        first.wait { (first.output + first.errors).contains("rank 1  begins") }
        try RankRun.signal(SIGTERM, recipe)
        _ = try first.end()
        // A file stands where the folder of a unit would.
        let parts = output.appending(path: "parts/steps-6-seed-2")
        try? FileManager.default.removeItem(at: parts)
        try FileManager.default.createDirectory(at: parts, withIntermediateDirectories: true)
        try Data("{}".utf8).write(to: parts.appending(path: "base"))
        let ending = try Program.start(RankRun.arguments(recipe, output), ranks: 2).end()
        #expect(ending.status == 1, "\(ending.errors)")
        let message = ending.errors.split(separator: "\n").first { $0.contains("error: rank ") }
        #expect(message?.contains("steps-6-seed-2 base") == true, "\(ending.errors)")
        try FileManager.default.removeItem(at: parts.appending(path: "base"))
        #expect(try Program.start(RankRun.arguments(recipe, output), ranks: 2).end().status == 0)
    }

    @Test("a second launcher in the same folder is refused, and a killed rank ends the others")
    func taken() throws {
        let place = try Program.temporaryFolder()
        defer { try? FileManager.default.removeItem(at: place) }
        let recipe = try RankRun.recipe(in: place)
        let output = place.appending(path: "run")
        let arguments = RankRun.arguments(recipe, output) + ["--set", "stages.base.steps=1000000"]
        let first = try Program.start(arguments, ranks: 2)
        first.wait { (first.output + first.errors).contains("rank 1  begins") }
        let second = try Program.start(arguments, ranks: 2).end()
        #expect(second.status == 1)
        #expect(second.errors.contains("another run"), "\(second.errors)")
        // One of both ranks is killed.
        try RankRun.signal(SIGKILL, recipe, onlyLast: true)
        let ending = try first.end()
        #expect(ending.status != 0)
        #expect(ending.errors.contains("rank"), "\(ending.errors)")
    }
}
