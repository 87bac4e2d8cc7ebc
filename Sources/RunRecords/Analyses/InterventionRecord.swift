import Evaluation

/// What becomes of models when parts of them are changed.
package struct InterventionRecord: Codable, Hashable, Sendable {
    /// What is done to a model.
    package enum Kind: String, Codable, CaseIterable, Sendable {
        /// The weights of a set are multiplied by zero.
        case prune
        /// The weights of a set are multiplied by a number near one.
        case scale
        /// A block does nothing.
        case bypass
        /// Blocks are those of the base.
        case revert
        /// The weights of a set alone are trained on mathematics, from the base.
        case train
    }

    /// Which weights.
    package enum Weights: String, Codable, CaseIterable, Sendable {
        /// The top of mathematics minus the top of other text.
        case mathematics
        /// The top of mathematics.
        case top
        /// As many of each tensor as the set of mathematics has, drawn at random.
        case random
        /// All of the layers' matrices, gains and embeddings.
        case all
    }

    /// The effect on one metric.
    package struct Effect: Codable, Hashable, Sendable {
        /// The metric.
        package var metric: Metric
        /// Its value afterwards; the mean over draws where weights were drawn.
        package var value: Estimate
        /// Afterwards minus before, paired by problem or document.
        package var difference: PairedTest

        /// An effect on one metric.
        ///
        /// - Parameters:
        ///   - metric: The metric.
        ///   - value: Its value afterwards; the mean over draws where weights were drawn.
        ///   - difference: Afterwards minus before, paired by problem or document.
        package init(metric: Metric, value: Estimate, difference: PairedTest) {
            self.metric = metric
            self.value = value
            self.difference = difference
        }
    }

    /// One intervention.
    package struct Entry: Codable, Hashable, Sendable {
        /// What is done.
        package var kind: Kind
        /// Which weights; nil for whole blocks.
        package var weights: Weights?
        /// The language whose set it is; nil for whole blocks.
        package var language: String?
        /// What weights are multiplied by; nil for other kinds.
        package var factor: Double?
        /// The first and the last block; nil for sets.
        package var layers: [Int]?
        /// How many weights; nil for whole blocks.
        package var count: Int?
        /// How often weights were drawn; 1 where nothing is drawn.
        package var draws: Int
        /// The effects by metric.
        package var effects: [Effect]

        /// One intervention with its effects.
        ///
        /// - Parameters:
        ///   - kind: What is done.
        ///   - weights: Which weights; nil for whole blocks.
        ///   - language: The language whose set it is; nil for whole blocks.
        ///   - factor: What weights are multiplied by; nil for other kinds.
        ///   - layers: The first and the last block; nil for sets.
        ///   - count: How many weights; nil for whole blocks.
        ///   - draws: How often weights were drawn; 1 where nothing is drawn.
        ///   - effects: The effects by metric.
        package init(
            kind: Kind,
            weights: Weights? = nil,
            language: String? = nil,
            factor: Double? = nil,
            layers: [Int]? = nil,
            count: Int? = nil,
            draws: Int,
            effects: [Effect]
        ) {
            self.kind = kind
            self.weights = weights
            self.language = language
            self.factor = factor
            self.layers = layers
            self.count = count
            self.draws = draws
            self.effects = effects
        }

        /// The effect on a metric.
        package subscript(metric: Metric) -> Effect? { effects.first { $0.metric == metric } }
    }

    /// What is measured, in the order of tables.
    package static let metrics = Measure.math.metrics + Measure.bitsPerByte.metrics

    /// What was measured, in the order of tables: `metrics` of a run, others of a checkpoint.
    package var measured: [Metric] {
        let standard = Self.metrics.filter { intact[$0] != nil }
        return standard.isEmpty ? Array(intact.keys).inTableOrder : standard
    }

    /// The model that parts are changed of.
    package var model: String
    /// The model whose blocks come back, and from which sets are trained.
    package var base: String
    /// The part of the world that problems and texts are of.
    package var source: String
    /// Problems of each language.
    package var problems: Int
    /// Texts of each language.
    package var texts: Int
    /// The share of each matrix whose top sets were cut from.
    package var share: Double
    /// The metrics of the model as it is.
    package var intact: [Metric: Estimate]
    /// The metrics of the base.
    package var baseline: [Metric: Estimate]
    /// What was done and what came of it; all tests of one metric are one family.
    ///
    /// Trained sets are compared with the base, everything else with the model.
    package var entries: [Entry]

    /// Several interventions on one model.
    ///
    /// - Parameters:
    ///   - model: The model that parts are changed of.
    ///   - base: The model whose blocks come back, and from which sets are trained.
    ///   - source: The part of the world that problems and texts are of.
    ///   - problems: Problems of each language.
    ///   - texts: Texts of each language.
    ///   - share: The share of each matrix whose top sets were cut from.
    ///   - intact: The metrics of the model as it is.
    ///   - baseline: The metrics of the base.
    ///   - entries: What was done and what came of it; all tests of one metric are one family.
    ///     Trained sets are compared with the base, everything else with the model.
    package init(
        model: String,
        base: String,
        source: String,
        problems: Int,
        texts: Int,
        share: Double,
        intact: [Metric: Estimate],
        baseline: [Metric: Estimate],
        entries: [Entry]
    ) {
        self.model = model
        self.base = base
        self.source = source
        self.problems = problems
        self.texts = texts
        self.share = share
        self.intact = intact
        self.baseline = baseline
        self.entries = entries
    }
}
