import Evaluation
import Foundation

/// What the models between two experts are worth: θ(w) = (1 − w) θ₁ + w θ₂ (linear mode
/// connectivity; Frankle et al., 2020, arXiv 1912.05671).
///
/// Where both ends lie in one basin, the models between them are as good as the straight line
/// between both values says, or better. Where a barrier lies between them, averages and swaps lose
/// what the experts know, whatever their zones are.
package struct LineRecord: Codable, Hashable, Sendable {
    /// One model of the line.
    package struct Point: Codable, Hashable, Sendable {
        /// The weight w of the second expert.
        package var weight: Double
        /// What was measured.
        package var values: [Metric: Estimate]
        /// What was measured minus the straight line between both ends, paired by problem or
        /// document; zero at the ends.
        package var excess: [Metric: Estimate]
    }

    /// The deepest point of a metric below the line, in the metric's own sense of worse.
    package struct Barrier: Hashable, Sendable {
        /// The weight of the second expert where it is.
        package var weight: Double
        /// How much worse than the straight line; negative where every point is better.
        package var height: Double
        /// The interval there; nil where one problem leaves it unknown.
        ///
        /// It is the worst of the points between the ends, so that it has 95 % for all of them
        /// together (Bonferroni).
        package var interval: ClosedRange<Double>?
    }

    /// The expert at weight 0.
    package var first: String
    /// The expert at weight 1.
    package var second: String
    /// The cosine of both changes from the base; nil when one expert has not changed.
    package var cosine: Double?
    /// The part of the world that problems and texts are of.
    package var source: String
    /// Problems of each language.
    package var problems: Int
    /// Texts of each language.
    package var texts: Int
    /// The models in the order of their weights.
    package var points: [Point]

    /// Describes a line that was measured.
    ///
    /// - Parameters:
    ///   - first: The expert at weight 0.
    ///   - second: The expert at weight 1.
    ///   - cosine: The cosine of both changes from the base.
    ///   - source: The part of the world that problems and texts are of.
    ///   - problems: Problems of each language.
    ///   - texts: Texts of each language.
    ///   - measured: The outcomes of each model by metric, from weight 0 to weight 1, all of the
    ///     same problems and documents.
    package init(
        first: String,
        second: String,
        cosine: Double?,
        source: String,
        problems: Int,
        texts: Int,
        measured: [(weight: Double, outcomes: [Metric: Outcomes])]
    ) {
        self.first = first
        self.second = second
        self.cosine = cosine
        self.source = source
        self.problems = problems
        self.texts = texts
        let ends = (measured.first?.outcomes ?? [:], measured.last?.outcomes ?? [:])
        points = measured.map { weight, outcomes in
            var excess: [Metric: Estimate] = [:]
            for (metric, own) in outcomes {
                guard let start = ends.0[metric], let end = ends.1[metric] else { continue }
                let amounts = own.amounts.indices.map { place in
                    own.amounts[place] - (1 - weight) * start.amounts[place]
                        - weight * end.amounts[place]
                }
                excess[metric] = Estimate.ratio(numerators: amounts, denominators: own.weights)
            }
            return Point(
                weight: weight,
                values: outcomes.compactMapValues(\.measurement),
                excess: excess
            )
        }
    }

    private enum CodingKeys: String, CodingKey {
        case first, second, cosine, source, problems, texts, points
    }

    /// What is measured, in the order of tables.
    package var metrics: [Metric] {
        InterventionRecord.metrics.filter { points.first?.values[$0] != nil }
    }

    /// The barrier of a metric between both experts; nil for one that was not measured.
    package func barrier(of metric: Metric) -> Barrier? {
        let sign = -metric.better.sign
        let inner = points.dropFirst().dropLast().filter { $0.excess[metric] != nil }
        let tails = Estimate.standardTails / Double(inner.count)
        return inner.compactMap { point -> Barrier? in
            guard let excess = point.excess[metric] else { return nil }
            let interval = excess.interval(leavingOut: tails).map { range in
                let ends = [sign * range.lowerBound, sign * range.upperBound].sorted()
                return ends[0]...ends[1]
            }
            return Barrier(
                weight: point.weight,
                height: sign * excess.value,
                interval: interval
            )
        }.max { $0.height < $1.height }
    }
}
