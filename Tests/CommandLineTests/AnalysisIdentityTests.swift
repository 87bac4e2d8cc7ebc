import Foundation
import Testing

@Suite("Analyses of a run whose evaluation has changed", .serialized)
struct AnalysisIdentityTests {
    @Test("a record is made again when models are asked otherwise, and only then")
    func evaluation() throws {
        let place = try Program.temporaryFolder()
        defer { try? FileManager.default.removeItem(at: place) }
        let run = try TinyRun.copy(in: place)
        func analyse(_ words: String...) throws -> String {
            let ending = try Program.start(["analyze"] + words).end()
            #expect(ending.status == 0, "\(ending.errors)")
            return ending.output
        }
        func line() throws -> String {
            try analyse(
                "line",
                run.path,
                "--problems",
                "10",
                "--texts",
                "2",
                "--weights",
                "0",
                "0.5",
                "1"
            )
        }
        func localize() throws -> String {
            try analyse(
                "localize",
                run.path,
                "--count",
                "10",
                "--groups",
                "2",
                "--draws",
                "2",
                "--model",
                "base"
            )
        }
        let known = "--force repeats it"
        #expect(try !line().contains(known) && !localize().contains(known))
        for (change, decidesSamples) in [
            ("evaluation.calculator=on", false),
            ("evaluation.maximum_new_tokens=20", false),
            ("evaluation.problems.target={problems: 16, kinds: [gain]}", true),
        ] {
            let ending = try Program.run(
                "run",
                "Recipes/tiny.yaml",
                "--set",
                "output=\(run.path)",
                "--set",
                change
            )
            try #require(ending.status == 0, "\(ending.errors)")
            #expect(try !line().contains(known), "\(change)")
            #expect(try line().contains(known), "\(change)")
            // Weights are found by problems with their solutions; nothing is asked.
            #expect(try localize().contains(known) != decidesSamples, "\(change)")
        }
    }
}
