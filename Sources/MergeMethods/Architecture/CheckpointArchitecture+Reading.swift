import Checkpointing
import Foundation
import Transformer

extension CheckpointArchitecture.Sizes {
    /// Takes the numbers that decide which tensors there are.
    ///
    /// - Throws: `ConfigurationError` when one of them is beyond every model.
    init(_ model: HubModel, _ fields: ConfigurationFields) throws {
        guard let family = ModelFamily(rawValue: model.family.modelType) else {
            let families = ModelFamily.allCases.map(\.rawValue).joined(separator: ", ")
            throw fields.error(
                "model_type",
                found: "\"\(model.family.modelType)\"",
                expected: "one of \(families); other architectures are not known here"
            )
        }
        // Query, key and value of Qwen 2 always have biases, whatever the file says.
        let bias = model.attentionBias && family != .qwen2
        self.init(
            family: family,
            vocabulary: model.vocabulary,
            width: model.width,
            layers: model.layers,
            heads: model.heads,
            keyValueHeads: model.keyValueHeads,
            headWidth: model.headWidth,
            hidden: model.hidden,
            tiedHead: model.head.isTied,
            inputBias: bias || family == .qwen2,
            outputBias: bias,
            mlpBias: model.mlpBias
        )
        // Beyond every model there is; it keeps the products of shapes inside an Int.
        for (key, value, largest) in [
            ("vocab_size", vocabulary, 1 << 24), ("hidden_size", width, 1 << 20),
            ("intermediate_size", hidden, 1 << 22), ("num_attention_heads", heads, 1 << 16),
            ("num_key_value_heads", keyValueHeads, 1 << 16), ("head_dim", headWidth, 1 << 16),
            ("num_hidden_layers", layers, 1 << 12),
        ] where value > largest {
            throw fields.error(key, found: "\(value)", expected: "at most \(largest)")
        }
    }

    /// The numbers as settings.
    var settings: [CheckpointArchitecture.Setting] {
        [
            ("model_type", family.rawValue), ("num_hidden_layers", "\(layers)"),
            ("vocab_size", "\(vocabulary)"), ("hidden_size", "\(width)"),
            ("intermediate_size", "\(hidden)"), ("num_attention_heads", "\(heads)"),
            ("num_key_value_heads", "\(keyValueHeads)"), ("head_dim", "\(headWidth)"),
            ("tie_word_embeddings", "\(tiedHead)"),
            ("biases of query, key and value", "\(inputBias)"),
            ("bias of the attention's output", "\(outputBias)"), ("mlp_bias", "\(mlpBias)"),
        ].map { CheckpointArchitecture.Setting(key: $0.0, value: $0.1) }
    }
}

extension CheckpointArchitecture {
    /// What models must agree on: sizes, and the numbers that tensors are computed with, both after
    /// the defaults of the family, so that a default that is spelled out equals one that is left
    /// away.
    ///
    /// Tokens that begin and end texts, the longest text and the stored type may differ: training
    /// an expert to follow instructions changes them, and the tensors stay those of one model.
    static func settings(
        of model: HubModel,
        _ fields: ConfigurationFields,
        _ sizes: Sizes
    ) throws -> [Setting] {
        var computing: [(String, String)] = [
            ("hidden_act", model.activation),
            ("rms_norm_eps", "\(model.normEpsilon)"),
            ("rope_theta", "\(model.rope.theta)"),
            ("partial_rotary_factor", "\(model.rope.partialFactor)"),
            ("rope_parameters", model.rope.text),
        ]
        if let localRope = model.localRope {
            computing.append(("rope_local_base_freq", "\(localRope.theta)"))
            computing.append(("rope_parameters of local layers", localRope.text))
        }
        if let numbers = sizes.family.gemmaNumbers {
            for (key, standard) in numbers {
                // `null` turns the cap off; a key that is missing leaves it as it is.
                let isMissing = fields.values[key] == nil
                let value = try fields.number(key) ?? (isMissing ? standard : nil)
                computing.append((key, value.map { "\($0)" } ?? "none"))
            }
        }
        return sizes.settings + computing.map { Setting(key: $0.0, value: $0.1) }
    }

    /// What the merged model has from one of the models, where the others may have something else:
    /// no tensor means another thing by it, but the user should know.
    static func companions(of model: HubModel) -> [Setting] {
        [
            Setting(key: "sliding_window", value: model.slidingWindow.map { "\($0)" } ?? "none"),
            Setting(key: "max_position_embeddings", value: "\(model.maximumPositions)"),
        ]
    }
}
