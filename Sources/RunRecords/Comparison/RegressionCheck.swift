import Checkpointing
import Evaluation
import Foundation
import Foundations

/// Compares the table of a run with a recorded one, to notice when results get worse.
package struct RegressionCheck: Encodable, Sendable {
    /// What became of one number.
    package enum Verdict: String, Encodable, Sendable {
        /// It is as good as recorded, as far as both errors tell.
        case kept
        /// It is worse.
        case worse
        /// The run does not have it.
        case missing
    }

    /// One number.
    package struct Line: Encodable, Sendable {
        /// The model.
        package var model: String
        /// The metric.
        package var metric: Metric
        /// What was recorded.
        package var recorded: Estimate
        /// What the run has; nil when it does not have it.
        package var found: Estimate?
        /// How much worse it may be: the tolerance and what random variation explains.
        package var allowed: Double
        /// The verdict.
        package var verdict: Verdict
    }

    /// Why nothing can be checked.
    package enum Failure: Error, CustomStringConvertible {
        /// A file is no table of results.
        case unreadable(path: String, reason: String)
        /// The recorded table has no such row or metric.
        case unknown(kind: String, name: String, known: [String])
        /// The record is of another experiment than the run.
        case otherOrigin(recorded: ComparisonTable.Origin, found: ComparisonTable.Origin)
        /// The record is of another number of problems or documents than the run.
        case otherCount(Metric, model: String, recorded: Int, found: Int)

        package var description: String {
            switch self {
            case .unreadable(let path, let reason):
                "\(path) is no table of results (\(reason)); expected the results.json of a run, or "
                    + "what 'layerswap run RECIPE --json' prints"
            case .unknown(let kind, let name, let known):
                "the recorded table has no \(kind) \"\(name)\"; it has "
                    + known.joined(separator: ", ")
            case .otherOrigin(let recorded, let found):
                "the record is of \(Self.text(recorded)) and the run is of \(Self.text(found)); "
                    + Self.advice
            case .otherCount(let metric, let model, let recorded, let found):
                "\(metric.title) of \(model) was recorded with n = \(recorded) and is here with "
                    + "n = \(found): these are other problems, perhaps of another recipe; "
                    + Self.advice
            }
        }

        private static let advice = "check the run against a record of its own recipe"

        private static func text(_ origin: ComparisonTable.Origin) -> String {
            "the recipe \"\(origin.recipe)\""
                + (origin.target.map { " with the target language \"\($0)\"" } ?? "")
        }
    }

    /// The metrics that are checked when nobody says which.
    package static let standardMetrics = Measure.math.metrics
    /// The probability that a run as good as the recorded one fails.
    private static let level = 0.05

    /// One line for each model and metric.
    package private(set) var lines: [Line]
    /// How many seeds were recorded; the error of one seed is that of its problems alone.
    package let recordedSeeds: Int

    /// Whether nothing is worse or missing.
    package var isPassed: Bool { lines.allSatisfy { $0.verdict == .kept } }

    /// Checks a table against a recorded one.
    ///
    /// A number is worse when it is below the recorded one (above, for bits per byte) by more than
    /// the tolerance and what random variation explains: the one-sided bound of the difference of
    /// two independent measurements (`IndependentDifference`), which knows how few seeds there are.
    /// All numbers are one family: with m of them the bound is that at 5 % / m, and by Holm's
    /// method those found worse no longer count in m. Of a number whose error is unknown random
    /// variation explains nothing.
    ///
    /// - Parameters:
    ///   - found: The table of a run.
    ///   - recorded: The recorded table.
    ///   - metrics: The metrics.
    ///   - models: The rows; all of the recorded table when empty.
    ///   - tolerance: How much worse a number may be beside what random variation explains.
    /// - Throws: `Failure`.
    package init(
        _ found: ComparisonTable,
        against recorded: ComparisonTable,
        metrics: [Metric] = standardMetrics,
        models: [String] = [],
        tolerance: Double = 0
    ) throws {
        if let old = recorded.origin, let new = found.origin, !old.fits(new) {
            throw Failure.otherOrigin(recorded: old, found: new)
        }
        let names = recorded.rows.map(\.model)
        if let model = models.first(where: { !names.contains($0) }) {
            throw Failure.unknown(kind: "model", name: model, known: names)
        }
        let known = recorded.metrics
        if let metric = metrics.first(where: { !known.contains($0) }) {
            throw Failure.unknown(
                kind: "metric",
                name: metric.rawValue,
                known: known.map(\.rawValue)
            )
        }
        var lines: [Line] = []
        for row in recorded.rows where models.isEmpty || models.contains(row.model) {
            for metric in metrics {
                guard let old = row.metrics[metric] else { continue }
                let new = found.rows.first { $0.model == row.model }?.metrics[metric]
                if let new, new.count != old.count {
                    throw Failure.otherCount(
                        metric,
                        model: row.model,
                        recorded: old.count,
                        found: new.count
                    )
                }
                lines.append(
                    Line(
                        model: row.model,
                        metric: metric,
                        recorded: old,
                        found: new,
                        allowed: tolerance,
                        verdict: new == nil ? .missing : .kept
                    )
                )
            }
        }
        self.lines = lines
        recordedSeeds = recorded.seeds
        judge(tolerance)
    }

    /// Finds what is worse, and how much each number may fall.
    private mutating func judge(_ tolerance: Double) {
        var open = lines.indices.filter { lines[$0].found != nil }
        while !open.isEmpty {
            // Being worse is one-sided, and an interval leaves out as much above as below.
            let tails = 2 * Self.level / Double(open.count)
            for place in open {
                lines[place].allowed = tolerance + lines[place].chance(leavingOut: tails)
            }
            let worse = Set(open.filter { lines[$0].loss > lines[$0].allowed })
            guard !worse.isEmpty else { return }
            for place in worse { lines[place].verdict = .worse }
            open.removeAll(where: worse.contains)
        }
    }

    /// Reads a table of results, with the recipe of the run in whose folder it lies where it does
    /// not say where it is from.
    ///
    /// - Throws: `Failure.unreadable`.
    package static func table(at url: URL) throws -> ComparisonTable {
        do {
            let data = try InputFile.data(at: url)
            var table = try JSONDecoder().decode(ComparisonTable.self, from: data)
            if table.origin == nil {
                table.origin = RunStore(folder: url.deletingLastPathComponent()).recipeName
                    .map { ComparisonTable.Origin(recipe: $0) }
            }
            return table
        } catch {
            throw Failure.unreadable(path: url.shownPath, reason: ErrorText.text(of: error))
        }
    }
}

extension RegressionCheck.Line {
    /// How much worse the number is; below zero when it is better.
    fileprivate var loss: Double {
        found.map { metric.better.sign * (recorded.value - $0.value) } ?? 0
    }

    /// How much worse it may be by chance; 0 where an error is unknown.
    ///
    /// - Parameter tails: The share that the interval of the difference leaves out in both tails.
    /// - Returns: How far the bound is from the difference.
    fileprivate func chance(leavingOut tails: Double) -> Double {
        guard let difference = found.flatMap({ IndependentDifference($0, recorded) }) else {
            return 0
        }
        let interval = difference.interval(leavingOut: tails)
        return metric.better.sign > 0
            ? interval.upperBound - difference.value : difference.value - interval.lowerBound
    }
}
