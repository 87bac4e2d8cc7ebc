import Foundation

/// The end of an experiment: models by metrics, and the tests between them.
///
/// It encodes to the object of `results.json`: `{"seeds", "rows": [{"model", "metrics"}], "tests"}`,
/// with `"pairs"` when each seed has several pairs of experts and `"bound": true` in the rows of upper
/// bounds.
package struct ComparisonTable: Codable, Hashable, Sendable {
    /// One model and what was measured of it.
    package struct Row: Codable, Hashable, Sendable {
        /// Name of the model, such as `swap`.
        package var model: String
        /// Estimates by metric name, such as `target_math`.
        package var metrics: [String: Estimate]
        /// Whether the model may read what the experiment denies all others, so that it is an upper
        /// bound and no method; `nil` when not.
        package var bound: Bool?

        /// Describes a row.
        package init(model: String, metrics: [String: Estimate], isBound: Bool = false) {
            self.model = model
            self.metrics = metrics
            bound = isBound ? true : nil
        }

        /// The model as tables show it.
        package var title: String { bound == true ? "\(model) (upper bound)" : model }
    }

    /// The metrics of an experiment in the order in which tables show them.
    package static let metricOrder = [
        "target_math", "english_math", "target_equation", "english_equation",
        "target_bits_per_byte", "english_bits_per_byte", "target_math_calculator",
        "english_math_calculator", "target_operator", "english_operator",
        "translation_to_target", "translation_to_english", "translation_to_target_chrf",
        "translation_to_english_chrf", "target_answers", "target_answers_language",
    ]

    /// How many seeds the measurements are averages of.
    package var seeds: Int
    /// How many pairs of experts each seed's results are averages of; `nil` when it has one run.
    package var pairs: Int?
    /// The models in the order of the table.
    package var rows: [Row]
    /// Comparisons between models.
    package var tests: [PairedTest]

    /// Describes a table.
    package init(seeds: Int, pairs: Int? = nil, rows: [Row], tests: [PairedTest]) {
        self.seeds = seeds
        self.pairs = pairs
        self.rows = rows
        self.tests = tests
    }

    /// Whether a metric is about some of the problems only, as `target_math/steps/2` is about those
    /// of two steps.
    package static func isPart(_ metric: String) -> Bool { metric.contains("/") }

    /// The metrics of whole tasks that any row has: the known ones in their order, then the rest by name.
    package var metrics: [String] {
        let present = Set(rows.flatMap(\.metrics.keys).filter { !Self.isPart($0) })
        return Self.metricOrder.filter(present.contains)
            + present.subtracting(Self.metricOrder).sorted()
    }

    /// The table as JSON with sorted keys.
    ///
    /// - Parameter pretty: Indented over many lines; otherwise one line without its end.
    /// - Returns: UTF-8 text.
    /// - Throws: An encoding error when a number is infinite or not a number.
    package func json(pretty: Bool = true) throws -> Data {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        if pretty { encoder.outputFormatting.insert(.prettyPrinted) }
        return try encoder.encode(self)
    }
}
