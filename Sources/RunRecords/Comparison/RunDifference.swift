import Evaluation
import Foundation
import Foundations
import Recipes

/// What is different between two runs that have models of the same names.
package struct RunDifference: Encodable, Sendable {
    /// One metric of one model in both runs.
    package struct Line: Encodable, Hashable, Sendable {
        /// What its experiments have in common besides seeds; empty when there is one group.
        package var group: String
        /// The model.
        package var model: String
        /// In the first run.
        package var first: Estimate
        /// In the second run.
        package var second: Estimate
        /// First minus second.
        package var test: PairedTest
        /// Whether both runs asked the same problems; otherwise the interval is that of independent
        /// samples.
        package var isPaired: Bool
    }

    /// Why two runs cannot be compared.
    package enum Failure: Error, CustomStringConvertible {
        /// They have no experiment of one name in common.
        case noCommonCell(first: [String], second: [String])
        /// They have no model and metric in common.
        case nothingInCommon(first: String, second: String)
        /// A run has no database.
        case noDatabase(folder: String)

        package var description: String {
            switch self {
            case .noCommonCell(let first, let second):
                "the runs have no experiment in common: one has "
                    + "\(first.joined(separator: ", ")), the other \(second.joined(separator: ", "))"
            case .nothingInCommon(let first, let second):
                "\(first) and \(second) have no model and no metric in common"
            case .noDatabase(let folder):
                "\(folder) has no \(RunDatabase.fileName); run its recipe again, which makes it"
            }
        }
    }

    /// The experiments that both have.
    package let cells: [String]
    /// All differences, by group and model in the order of the first run.
    package let lines: [Line]

    /// Compares the models and metrics that both runs have, on the experiments that both have.
    ///
    /// Only experiments that differ in their seed alone are pooled, as in the tables of a run. All
    /// tests of one metric are one family.
    ///
    /// - Throws: `Failure`, `RunComparison.Failure`, `RunDatabaseError`.
    package init(_ first: URL, _ second: URL) throws {
        let sides = try [first, second].map(Side.init)
        let common = try Self.commonCells(sides[0].measured, sides[1].measured)
        cells = common.map(\.label)
        var lines: [Line] = []
        for group in sides[0].recipe.sweep.groups.map(\.label) {
            let cells = common.filter { $0.group == group }.map(\.label)
            for model in sides[0].models {
                lines += try Self.lines(of: model, group, cells, sides)
            }
        }
        guard !lines.isEmpty else {
            throw Failure.nothingInCommon(first: first.shownPath, second: second.shownPath)
        }
        self.lines = Self.adjusted(lines)
    }

    /// One of both runs, and what was measured in it.
    private struct Side {
        let recipe: Recipe
        let database: RunDatabase
        let rows: [EvaluationRow]
        /// The experiments that were measured.
        let measured: [SweepSettings.Cell]

        init(_ folder: URL) throws {
            let store = RunStore(folder: folder)
            guard FileManager.default.fileExists(atPath: store.databaseFile.path) else {
                throw Failure.noDatabase(folder: folder.shownPath)
            }
            database = try RunDatabase(reading: store.databaseFile)
            recipe = try LoadedRecipe(at: folder.appending(path: RunFolder.recipe)).recipe
            rows = try database.evaluations(
                EvaluationFilter(
                    cells: recipe.sweep.cells.map(\.label),
                    split: recipe.evaluation.split.rawValue
                )
            )
            let labels = Set(rows.map(\.cell))
            measured = recipe.sweep.cells.filter { labels.contains($0.label) }
        }

        /// The models in the order of the rows.
        var models: [String] {
            rows.reduce(into: []) { models, row in
                if !models.contains(row.model) { models.append(row.model) }
            }
        }
    }

    /// The experiments that both runs have, in the order of the first.
    ///
    /// - Throws: `Failure.noCommonCell`.
    private static func commonCells(
        _ first: [SweepSettings.Cell],
        _ second: [SweepSettings.Cell]
    ) throws -> [SweepSettings.Cell] {
        // Two names may be the same where one run sweeps over a seed and the other over a setting.
        let others = Set(second.map { [$0.group, $0.label] })
        let common = first.filter { others.contains([$0.group, $0.label]) }
        guard !common.isEmpty else {
            throw Failure.noCommonCell(first: first.map(\.label), second: second.map(\.label))
        }
        return common
    }

    /// The differences of a model in a group of experiments, one for each metric that both runs
    /// have.
    private static func lines(
        of model: String,
        _ group: String,
        _ cells: [String],
        _ sides: [Side]
    ) throws -> [Line] {
        let own = sides.map { side in
            side.rows.filter { $0.model == model && cells.contains($0.cell) }
        }
        let metrics = own[0].first?.metrics.map(\.metric) ?? []
        return try metrics.filter { !$0.isPart }.compactMap { metric -> Line? in
            let byCell = try own.map {
                try RunComparison.byCell($0, model: model, metric: metric)
            }
            let places = cells.filter { byCell[0][$0] != nil && byCell[1][$0] != nil }
            guard !places.isEmpty else { return nil }
            let outcomes = try zip(byCell, sides).map { byCell, side in
                try RunComparison.outcomes(
                    of: metric,
                    in: places.map { byCell[$0] ?? [] },
                    side.database
                )
            }
            return try line(group, model, metric, outcomes[0], outcomes[1])
        }
    }

    private static func line(
        _ group: String,
        _ model: String,
        _ metric: Metric,
        _ first: ReplicatedOutcomes,
        _ second: ReplicatedOutcomes
    ) throws -> Line? {
        guard let a = first.measurement, let b = second.measurement else { return nil }
        func line(_ test: PairedTest, isPaired: Bool) -> Line {
            Line(group: group, model: model, first: a, second: b, test: test, isPaired: isPaired)
        }
        do {
            let test = try PairedTest(metric: metric, a: ("first", first), b: ("second", second))
            return line(test, isPaired: true)
        } catch ComparisonError.differentProblems {
            // Other problems are other samples; each has its own error. One problem has none.
            guard let independent = IndependentDifference(a, b) else { return nil }
            let interval = independent.interval
            let test = PairedTest(
                metric: metric,
                a: "first",
                b: "second",
                difference: independent.value,
                interval: [interval.lowerBound, interval.upperBound],
                p: independent.twoSidedP
            )
            return line(test, isPaired: false)
        }
    }

    private static func adjusted(_ lines: [Line]) -> [Line] {
        var lines = lines
        for metric in Set(lines.map(\.test.metric)) {
            let places = lines.indices.filter { lines[$0].test.metric == metric }
            let tests = MultipleComparisons.adjusted(places.map { lines[$0].test })
            for (place, test) in zip(places, tests) { lines[place].test = test }
        }
        return lines
    }
}
