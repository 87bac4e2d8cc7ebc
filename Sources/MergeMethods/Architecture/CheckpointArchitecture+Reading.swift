import Checkpointing
import Foundation
import Transformer

extension CheckpointArchitecture.Sizes {
    /// Takes the family and the numbers.
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
        self.init(
            family: family,
            shapes: ParameterShapes(
                vocabularySize: model.vocabulary,
                modelWidth: model.width,
                layerCount: model.layers,
                headCount: model.heads,
                keyValueHeadCount: model.keyValueHeads,
                headWidth: model.headWidth,
                hiddenWidth: model.hidden,
                tiedEmbeddings: model.head.isTied,
                biases: model.biases,
                normalizesHeads: family.normalizesHeads,
                normalizesOutputs: family.normalizesOutputs
            )
        )
        // Beyond every model there is; it keeps the products of shapes inside an Int.
        for (key, value, largest) in [
            ("vocab_size", model.vocabulary, 1 << 24), ("hidden_size", model.width, 1 << 20),
            ("intermediate_size", model.hidden, 1 << 22),
            ("num_attention_heads", model.heads, 1 << 16),
            ("num_key_value_heads", model.keyValueHeads, 1 << 16),
            ("head_dim", model.headWidth, 1 << 16), ("num_hidden_layers", model.layers, 1 << 12),
        ] where value > largest {
            throw fields.error(key, found: "\(value)", expected: "at most \(largest)")
        }
    }

    /// The numbers as settings.
    var settings: [CheckpointArchitecture.Setting] {
        [
            ("model_type", family.rawValue), ("num_hidden_layers", "\(shapes.layerCount)"),
            ("vocab_size", "\(shapes.vocabularySize)"), ("hidden_size", "\(shapes.modelWidth)"),
            ("intermediate_size", "\(shapes.hiddenWidth)"),
            ("num_attention_heads", "\(shapes.headCount)"),
            ("num_key_value_heads", "\(shapes.keyValueHeadCount)"),
            ("head_dim", "\(shapes.headWidth)"),
            ("tie_word_embeddings", "\(shapes.tiedEmbeddings)"),
            ("biases of query, key and value", "\(shapes.biases.contains(.queryKeyValue))"),
            ("bias of the attention's output", "\(shapes.biases.contains(.attentionOutput))"),
            ("mlp_bias", "\(shapes.biases.contains(.feedForward))"),
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
