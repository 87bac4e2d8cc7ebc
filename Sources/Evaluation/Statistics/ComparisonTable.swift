import Foundation

/// The end of an experiment: models by metrics, and the tests between them.
///
/// It encodes to the object of `results.json`:
/// `{"origin", "seeds", "rows": [{"model", "metrics"}], "tests"}`, with `"pairs"` when each seed has
/// several pairs of experts and `"bound": true` in the rows of upper bounds.
package struct ComparisonTable: Codable, Hashable, Sendable {
    /// One model and what was measured of it.
    package struct Row: Codable, Hashable, Sendable {
        /// Name of the model, such as `swap`.
        package var model: String
        /// Estimates by metric, such as `target_math`.
        package var metrics: [Metric: Estimate]
        /// Whether the model may read what the experiment denies all others, so that it is an upper
        /// bound and no method; `nil` when not.
        package var bound: Bool?

        /// Describes a row.
        package init(model: String, metrics: [Metric: Estimate], isBound: Bool = false) {
            self.model = model
            self.metrics = metrics
            bound = isBound ? true : nil
        }

        /// The model as tables show it.
        package var title: String { bound == true ? "\(model) (upper bound)" : model }
    }

    /// The experiment that a table is of.
    package struct Origin: Codable, Hashable, Sendable {
        /// Name of the recipe, such as `quickstart`.
        package var recipe: String
        /// The code of the target language; `nil` when it is not known.
        package var target: String?

        /// Describes an experiment.
        package init(recipe: String, target: String? = nil) {
            self.recipe = recipe
            self.target = target
        }

        /// Whether both may be the same experiment: what either does not say is no difference.
        package func fits(_ other: Origin) -> Bool {
            recipe == other.recipe
                && (target == nil || other.target == nil || target == other.target)
        }
    }

    /// Where the table is from; `nil` in tables of before it was written down.
    package var origin: Origin?
    /// How many seeds the measurements are averages of.
    package var seeds: Int
    /// How many pairs of experts each seed's results are averages of; `nil` when it has one run.
    package var pairs: Int?
    /// The models in the order of the table.
    package var rows: [Row]
    /// Comparisons between models.
    package var tests: [PairedTest]

    /// Describes a table.
    package init(
        origin: Origin? = nil,
        seeds: Int,
        pairs: Int? = nil,
        rows: [Row],
        tests: [PairedTest]
    ) {
        self.origin = origin
        self.seeds = seeds
        self.pairs = pairs
        self.rows = rows
        self.tests = tests
    }

    /// The metrics of whole tasks that any row has: the known ones in their order, then the rest by
    /// name.
    package var metrics: [Metric] {
        rows.flatMap(\.metrics.keys).filter { !$0.isPart }.inTableOrder
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
