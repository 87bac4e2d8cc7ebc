import Evaluation
import Foundation
import Foundations
import Recipes

/// A paired test of two models out of the outcomes that a run folder has stored.
package struct RunComparison: Encodable, Hashable, Sendable {
    /// Why two models of a folder cannot be compared.
    package enum Failure: Error, Hashable, CustomStringConvertible {
        /// Nothing was evaluated that the recipe asks for.
        case empty(path: String)
        /// A name that does not occur.
        case unknown(kind: String, name: String, known: [String])
        /// One model was evaluated where the other was not.
        case unpaired(only: String, places: [String], lacking: String)
        /// One place has several evaluations of a model.
        case ambiguous(model: String, place: String, count: Int)
        /// The cells differ in more than their seeds.
        case mixed(groups: [String])
        /// A metric was stored without outcomes by problem.
        case withoutOutcomes(model: String, metric: Metric, place: String)

        package var description: String {
            switch self {
            case .empty(let path):
                "\(path) holds no evaluation of an experiment of its recipe; run the recipe to "
                    + "its end first"
            case .unknown(let kind, let name, let known):
                "there is no \(kind) \"\(name)\" to compare"
                    + NearestName.suggestion(for: name, among: known)
                    + "; known: \(known.map { $0.isEmpty ? "\"\"" : $0 }.joined(separator: ", "))"
            case .unpaired(let only, let places, let lacking):
                "\(only) was evaluated in \(places.joined(separator: "; ")), and \(lacking) was "
                    + "not; a paired test needs both everywhere: finish the run, or choose cells "
                    + "that have both with --cell"
            case .ambiguous(let model, let place, let count):
                "\(model) has \(count) evaluations in \(place), expected one; compare a model "
                    + "that was made in one way"
            case .mixed(let groups):
                "the cells differ in more than their seeds (\(groups.joined(separator: ", "))), "
                    + "and what they measured cannot be pooled; choose the cells of one with --cell"
            case .withoutOutcomes(let model, let metric, let place):
                "\(metric) of \(model) in \(place) was stored without its outcomes by problem, "
                    + "which a paired test needs; choose another metric"
            }
        }
    }

    /// The split that both were measured on.
    package let split: String
    /// How many cells were compared, such as seeds.
    package let cells: Int
    /// How many pairs of experts the results of a cell are averages of, at most.
    package let pairs: Int
    /// The first model over all cells.
    package let a: Estimate
    /// The second model over all cells.
    package let b: Estimate
    /// The difference with its interval and p value.
    package let test: PairedTest

    /// Compares two models over every cell, as the table of a run does.
    ///
    /// Replicates of a cell share experts; they are averaged problem by problem, and the cells are
    /// what is counted (`PairedTest`). Cells that the recipe has no more are left out.
    ///
    /// - Parameters:
    ///   - database: The database of the folder.
    ///   - sweep: The experiments of the recipe.
    ///   - first: The model a.
    ///   - second: The model b.
    ///   - metric: What is compared.
    ///   - split: The split that it was measured on.
    ///   - cells: The cells; all when empty.
    /// - Throws: `Failure`, `ComparisonError` when the problems differ, and `RunDatabaseError`.
    package init(
        _ database: RunDatabase,
        of sweep: SweepSettings,
        _ first: String,
        _ second: String,
        metric: Metric,
        split: String,
        cells: [String] = []
    ) throws {
        let experiments = sweep.cells
        let all = try database.evaluations(EvaluationFilter(cells: experiments.map(\.label)))
        guard !all.isEmpty else { throw Failure.empty(path: database.path) }
        for cell in cells { try Self.check(cell, kind: "cell", all.map(\.cell)) }
        let chosen = cells.isEmpty ? all : all.filter { cells.contains($0.cell) }
        for model in [first, second] { try Self.check(model, kind: "model", chosen.map(\.model)) }
        let both = chosen.filter { [first, second].contains($0.model) }
        try Self.check(split, kind: "split", both.map(\.split))
        let measured = both.filter { $0.split == split }
        try Self.check(
            metric.rawValue,
            kind: "metric",
            measured.flatMap { $0.metrics.map(\.metric.rawValue) }
        )
        let a = try Self.byCell(measured, model: first, metric: metric)
        let b = try Self.byCell(measured, model: second, metric: metric)
        for (one, other, names) in [(a, b, (first, second)), (b, a, (second, first))] {
            let places = one.keys.filter { other[$0] == nil }.sorted()
            guard places.isEmpty else {
                throw Failure.unpaired(
                    only: names.0,
                    places: places.map { Self.place($0) },
                    lacking: names.1
                )
            }
        }
        let places = a.keys.sorted()
        let groups = Set(experiments.filter { a[$0.label] != nil }.map(\.group)).sorted()
        guard groups.count == 1 else { throw Failure.mixed(groups: groups) }
        func outcomes(_ rows: [String: [EvaluationRow]]) throws -> ReplicatedOutcomes {
            try Self.outcomes(of: metric, in: places.map { rows[$0] ?? [] }, database)
        }
        let (ours, theirs) = (try outcomes(a), try outcomes(b))
        test = try PairedTest(metric: metric, a: (first, ours), b: (second, theirs))
        guard let one = ours.measurement, let other = theirs.measurement else {
            throw ComparisonError.noProblems(metric: metric)
        }
        self.a = one
        self.b = other
        self.split = split
        self.cells = places.count
        pairs = (ours.replicates + theirs.replicates).map(\.count).max() ?? 1
    }

    /// The outcomes of a metric by cell and replicate.
    ///
    /// - Throws: `Failure.withoutOutcomes`, `ComparisonError`, and `RunDatabaseError`.
    static func outcomes(
        of metric: Metric,
        in rows: [[EvaluationRow]],
        _ database: RunDatabase
    ) throws -> ReplicatedOutcomes {
        try ReplicatedOutcomes(
            metric: metric,
            replicates: rows.map { rows in
                try rows.map { row in
                    guard let outcomes = try database.outcomes(of: metric, in: row.identity) else {
                        throw Failure.withoutOutcomes(
                            model: row.model,
                            metric: metric,
                            place: place(row.cell, row.replicate)
                        )
                    }
                    return outcomes
                }
            }
        )
    }

    /// A cell, or one choice of experts in it, in words.
    private static func place(_ cell: String, _ replicate: String = "") -> String {
        let parts = [
            cell.isEmpty ? "" : "the cell \(cell)",
            replicate.isEmpty ? "" : "the replicate \(replicate)",
        ].filter { !$0.isEmpty }
        return parts.isEmpty ? "the only cell" : parts.joined(separator: ", ")
    }

    /// The evaluations of a model by cell, those of each in the order of their storing.
    static func byCell(_ rows: [EvaluationRow], model: String, metric: Metric) throws
        -> [String: [EvaluationRow]]
    {
        let chosen = rows.filter { $0.model == model && $0[metric] != nil }
        for group in Dictionary(grouping: chosen, by: { [$0.cell, $0.replicate] })
            .sorted(by: { $0.key.lexicographicallyPrecedes($1.key) }) where group.value.count > 1
        {
            throw Failure.ambiguous(
                model: model,
                place: place(group.key[0], group.key[1]),
                count: group.value.count
            )
        }
        return Dictionary(grouping: chosen, by: \.cell)
    }

    private static func check(_ name: String, kind: String, _ known: [String]) throws {
        guard !known.contains(name) else { return }
        throw Failure.unknown(kind: kind, name: name, known: Set(known).sorted())
    }
}
