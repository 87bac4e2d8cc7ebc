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
    /// The probability that a run as good as the recorded one fails.
    private static let level = 0.05

    /// One line for each model and metric.
    package private(set) var lines: [Line]
    /// How many seeds were recorded; the error of one seed is that of its problems alone.
    package let recordedSeeds: Int
    /// Signs that the tables are of different experiments, as sentences without their full stops.
    package let warnings: [String]

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
        warnings = metrics.compactMap { metric in Self.warning(about: metric, lines) }
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

    /// What to say when a metric was measured on another number of problems or documents.
    private static func warning(about metric: Metric, _ lines: [Line]) -> String? {
        let other = lines.first { line in
            line.metric == metric && line.found.map { $0.count != line.recorded.count } ?? false
        }
        guard let other, let found = other.found else { return nil }
        return "\(metric.title) was recorded with n = \(other.recorded.count) and is here with "
            + "n = \(found.count): these are other problems, perhaps of another recipe; check the "
            + "run against the record of its own recipe"
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
