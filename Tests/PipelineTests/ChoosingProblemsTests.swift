import Evaluation
import Foundation
import Pipeline
import RecipeTestSupport
import Recipes
import RunRecords
import Testing

/// The best of several settings on some problems is too good on these.
@Suite("Problems that choose settings")
struct ChoosingProblemsTests {
    private static func identities(
        _ experiment: Experiment
    ) throws -> (choosing: [String], measured: [String]) {
        try (
            experiment.developmentProblems().map(\.id), experiment.problems(.target).map(\.id)
        )
    }

    private static func generated(_ overrides: String...) throws -> Experiment {
        try Experiment(
            LoadedRecipe(
                at: RecipeSupport.url("tiny.yaml"),
                overrides: ["evaluation.development={problems: 8}"] + overrides
            )
        )
    }

    @Test("they come after generated problems that are measured")
    func generated() throws {
        let test = try Self.identities(Self.generated())
        let development = try Self.identities(
            Self.generated(
                "evaluation.split=development",
                "evaluation.problems.target.problems=5",
                "evaluation.problems.target.instances=2"
            )
        )
        #expect(test.choosing.count == 8 && development.choosing.count == 8)
        #expect(Set(development.measured).isDisjoint(with: development.choosing))
        // They are the same problems in the same order, from the sixth on.
        #expect(Array(development.measured.prefix(5)) == Array(test.choosing.prefix(5)))
        #expect(Array(development.choosing.prefix(3)) == Array(test.choosing.dropFirst(5)))
    }

    @Test("scores that choose are no results, also where results are on development problems")
    func scores() throws {
        let place = try CheckpointPlace()
        defer { place.remove() }
        let loaded = try place.loaded("evaluation.split=development")
        let outcome = try place.runner(loaded).run(observer: { _ in }, shouldStop: { false })
        guard case .complete(let table?) = outcome else {
            Issue.record("the run did not end with a table")
            return
        }
        let database = try RunDatabase(reading: RunStore(folder: place.output).databaseFile)
        // Two settings, of which one is measured, with each of two experts.
        let swaps = try database.evaluations(EvaluationFilter(model: "swap"))
        #expect(swaps.count { $0.split == EvaluationRow.choice } == 4)
        #expect(swaps.count { $0.split == "development" } == 2)
        let metric = Metric(.math, .target)
        let found = try RunComparison(
            database,
            of: loaded.recipe.sweep,
            "swap",
            "soup",
            metric: metric,
            split: "development"
        )
        let expected = try #require(
            table.tests.first { $0.metric == metric && $0.a == "swap" && $0.b == "soup" }
        )
        #expect(found.pairs == 2)
        #expect(found.test.difference == expected.difference && found.test.p == expected.p)
    }

    @Test("they come after the measured ones of a file, and a file may have no others")
    func files() throws {
        let place = try CheckpointPlace()
        defer { place.remove() }
        let experiment = try Experiment(place.loaded("evaluation.split=development"))
        let (choosing, measured) = try Self.identities(experiment)
        #expect(measured.count == 6 && (1...6).contains(choosing.count))
        #expect(Set(measured).isDisjoint(with: choosing))
        #expect(throws: ExperimentError.self) {
            try Experiment(
                place.loaded(
                    "evaluation.split=development",
                    "evaluation.problems.target.problems=40"
                )
            ).developmentProblems()
        }
    }
}
