import Foundation

/// Metrics of some of the problems only, as `target_math/steps/2` is of those of two steps.
extension Metric {
    /// Whether it is about some of the problems only.
    package var isPart: Bool { rawValue.contains("/") }

    /// The metric of all problems; itself when it is no part.
    package var whole: Metric {
        rawValue.firstIndex(of: "/").map { Metric(String(rawValue[..<$0])) } ?? self
    }

    /// The metric of one group of problems.
    package func part(_ group: String, by dimension: MathBreakdown.Dimension) -> Metric {
        Metric(prefix(of: dimension) + group)
    }

    /// The group of problems in words, such as `unknown words`; nil when the metric is no part of
    /// another by this dimension.
    package func group(of whole: Metric, by dimension: MathBreakdown.Dimension) -> String? {
        let prefix = whole.prefix(of: dimension)
        guard rawValue.hasPrefix(prefix) else { return nil }
        return Self.words(String(rawValue.dropFirst(prefix.count)))
    }

    /// The number of the drawing of problems that it is about; nil when it is no part by instance.
    var instance: Int? { group(of: whole, by: .instance).flatMap { Int($0) } }

    private func prefix(of dimension: MathBreakdown.Dimension) -> String {
        "\(rawValue)/\(dimension.rawValue)/"
    }
}

extension Collection where Element == Metric {
    /// The parts of a metric by a dimension, each once.
    package func parts(of whole: Metric, by dimension: MathBreakdown.Dimension) -> Set<Metric> {
        Set(filter { $0.group(of: whole, by: dimension) != nil })
    }
}
