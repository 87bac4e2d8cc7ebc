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

        package var description: String {
            switch self {
            case .unreadable(let path, let reason):
                "\(path) is no table of results (\(reason)); expected the results.json of a run, or "
                    + "what 'layerswap run RECIPE --json' prints"
            case .unknown(let kind, let name, let known):
                "the recorded table has no \(kind) \"\(name)\"; it has "
                    + known.joined(separator: ", ")
            }
        }
    }

    /// The metrics that are checked when nobody says which.
    package static let standardMetrics = Measure.math.metrics
    /// What an interval leaves out whose ends are the bounds of one-sided tests at 5 %: being worse
    /// is one-sided.
    private static let tails = 0.1

    /// One line for each model and metric.
    package let lines: [Line]

    /// Whether nothing is worse or missing.
    package var isPassed: Bool { lines.allSatisfy { $0.verdict == .kept } }

    /// Checks a table against a recorded one.
    ///
    /// A number is worse when it is below the recorded one (above, for bits per byte) by more than
    /// the tolerance and what random variation explains: the one-sided 95 % bound of the difference
    /// of two independent measurements (`IndependentDifference`), which knows how few seeds there
    /// are. Of a number whose error is unknown random variation explains nothing.
    ///
    /// - Parameters:
    ///   - found: The table of a run.
    ///   - recorded: The recorded table.
    ///   - metrics: The metrics.
    ///   - models: The rows; all of the recorded table when empty.
    ///   - tolerance: How much worse a number may be beside what random variation explains.
    /// - Throws: `Failure.unknown`.
    package init(
        _ found: ComparisonTable,
        against recorded: ComparisonTable,
        metrics: [Metric] = standardMetrics,
        models: [String] = [],
        tolerance: Double = 0
    ) throws {
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
                let sign = metric.better.sign
                let chance = new.flatMap { IndependentDifference($0, old) }.map { difference in
                    let interval = difference.interval(leavingOut: Self.tails)
                    return sign > 0
                        ? interval.upperBound - difference.value
                        : difference.value - interval.lowerBound
                }
                let allowed = tolerance + (chance ?? 0)
                let verdict: Verdict =
                    new.map { sign * ($0.value - old.value) < -allowed ? .worse : .kept }
                    ?? .missing
                lines.append(
                    Line(
                        model: row.model,
                        metric: metric,
                        recorded: old,
                        found: new,
                        allowed: allowed,
                        verdict: verdict
                    )
                )
            }
        }
        self.lines = lines
    }

    /// Reads a table of results.
    ///
    /// - Throws: `Failure.unreadable`.
    package static func table(at url: URL) throws -> ComparisonTable {
        do {
            let data = try InputFile.data(at: url)
            return try JSONDecoder().decode(ComparisonTable.self, from: data)
        } catch {
            throw Failure.unreadable(path: url.shownPath, reason: ErrorText.text(of: error))
        }
    }
}
