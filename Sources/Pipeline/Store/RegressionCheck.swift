import Evaluation
import Foundation

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
        package var metric: String
        /// What was recorded.
        package var recorded: Measurement
        /// What the run has; nil when it does not have it.
        package var found: Measurement?
        /// How much worse it may be: the tolerance and what chance explains.
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
    package static let standardMetrics = ["target_math", "english_math"]
    /// The 95 % quantile of the normal distribution: being worse is one-sided.
    private static let quantile = 1.644854

    /// One line for each model and metric.
    package let lines: [Line]

    /// Whether nothing is worse or missing.
    package var isPassed: Bool { lines.allSatisfy { $0.verdict == .kept } }

    /// Checks a table against a recorded one.
    ///
    /// A number is worse when it is below the recorded one (above, for bits per byte) by more than
    /// tolerance + 1.645 √(se² + se²), in which se are the errors of both.
    ///
    /// - Parameters:
    ///   - found: The table of a run.
    ///   - recorded: The recorded table.
    ///   - metrics: The metrics.
    ///   - models: The rows; all of the recorded table when empty.
    ///   - tolerance: How much worse a number may be beside what chance explains.
    /// - Throws: `Failure.unknown`.
    package init(
        _ found: ComparisonTable,
        against recorded: ComparisonTable,
        metrics: [String] = standardMetrics,
        models: [String] = [],
        tolerance: Double = 0
    ) throws {
        let names = recorded.rows.map(\.model)
        if let model = models.first(where: { !names.contains($0) }) {
            throw Failure.unknown(kind: "model", name: model, known: names)
        }
        let known = recorded.metrics
        if let metric = metrics.first(where: { !known.contains($0) }) {
            throw Failure.unknown(kind: "metric", name: metric, known: known)
        }
        var lines: [Line] = []
        for row in recorded.rows where models.isEmpty || models.contains(row.model) {
            for metric in metrics {
                guard let old = row.metrics[metric] else { continue }
                let new = found.rows.first { $0.model == row.model }?.metrics[metric]
                let errors = [old.standardError, new?.standardError].map { $0 ?? 0 }
                let spread = (errors[0] * errors[0] + errors[1] * errors[1]).squareRoot()
                let allowed = tolerance + Self.quantile * spread
                let sign: Double = metric.hasSuffix("bits_per_byte") ? -1 : 1
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
            return try JSONDecoder().decode(ComparisonTable.self, from: Data(contentsOf: url))
        } catch {
            throw Failure.unreadable(path: url.shownPath, reason: "\(error)")
        }
    }
}
