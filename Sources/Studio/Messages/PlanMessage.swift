import MergeMethods

/// Where each part of a merged model comes from.
struct PlanMessage: Encodable, Sendable {
    /// Where one part comes from.
    struct Source: Encodable, Hashable, Sendable {
        /// A model and its share of a weighted mean.
        struct Part: Encodable, Hashable, Sendable {
            let model: String
            let weight: Double
        }

        /// Empty for what is no weighted mean.
        let parts: [Part]
        let formula: String

        init(_ source: MergeSource) {
            formula = source.description
            switch source {
            case .copy(let model): parts = [Part(model: model, weight: 1)]
            case .combine(.weightedSum(let terms)):
                parts = terms.map { Part(model: $0.input, weight: $0.weight) }
            case .combine: parts = []
            }
        }
    }

    /// Both halves of a layer.
    struct Layer: Encodable, Sendable {
        var attention: Source?
        var mlp: Source?
    }

    /// All parts, from the input to the output.
    struct Sources: Encodable, Sendable {
        var embeddings: Source?
        var layers: [Layer]
        var final_norm: Source?
        var head: Source?
    }

    let summary: String
    let yaml: String
    let sources: Sources
}
