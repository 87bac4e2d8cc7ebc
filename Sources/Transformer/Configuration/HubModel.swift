import Checkpointing

/// What a `config.json` says of a model, after the defaults of its family.
///
/// Merging and running read it here, so that both take a file to mean the same. What contradicts
/// itself, and what makes tensors mean something else, is refused by name.
package struct HubModel {
    /// The family.
    package let family: HubDefaults
    /// `vocab_size`.
    package let vocabulary: Int
    /// `hidden_size`.
    package let width: Int
    /// `num_hidden_layers`.
    package let layers: Int
    /// `num_attention_heads`.
    package let heads: Int
    /// `num_key_value_heads`.
    package let keyValueHeads: Int
    /// `head_dim`.
    package let headWidth: Int
    /// `intermediate_size`.
    package let hidden: Int
    /// `tie_word_embeddings`.
    package let head: TiedHead
    /// `attention_bias`.
    package let attentionBias: Bool
    /// `mlp_bias`.
    package let mlpBias: Bool
    /// The activation under the first of its names.
    package let activation: String
    /// `rms_norm_eps`.
    package let normEpsilon: Double
    /// `max_position_embeddings`.
    package let maximumPositions: Int
    /// How positions turn queries and keys.
    package let rope: HubRope
    /// The positions of layers with a window, where they are others.
    package let localRope: HubRope?
    /// How many tokens back attention sees; nil for all of them.
    package let slidingWindow: Int?
    /// Whether the window counts in a layer.
    package let windowedLayers: [Bool]

    /// Reads the numbers.
    ///
    /// - Throws: `ConfigurationError`.
    package init(_ fields: ConfigurationFields) throws {
        family = try Self.family(of: fields)
        try Self.refuseOtherWeights(fields)
        vocabulary = try fields.count("vocab_size")
        width = try fields.count("hidden_size")
        layers = try fields.count("num_hidden_layers")
        // Lists of an entry a layer are made before the tensors are looked for.
        guard layers <= Self.mostLayers else {
            throw fields.error(
                "num_hidden_layers",
                found: "\(layers)",
                expected: "at most \(Self.mostLayers)"
            )
        }
        heads = try fields.count("num_attention_heads")
        hidden = try fields.count("intermediate_size")
        // The class's own default counts where the key is missing, not where it is null.
        let isMissing = fields.values["num_key_value_heads"] == nil
        keyValueHeads = try fields.count(
            "num_key_value_heads",
            default: isMissing ? family.keyValueHeads ?? heads : heads
        )
        guard heads % keyValueHeads == 0 else {
            throw fields.error(
                "num_key_value_heads",
                found: isMissing
                    ? "missing, which is \(keyValueHeads) for \(family.modelType)"
                    : "\(keyValueHeads)",
                expected: "a divisor of the \(heads) heads of num_attention_heads"
            )
        }
        if !fields.isGiven("head_dim"), family.headWidth == nil, width % heads != 0 {
            throw fields.error(
                "hidden_size",
                found: "\(width), which the \(heads) heads of num_attention_heads do not divide",
                expected: "a multiple of them, or head_dim"
            )
        }
        headWidth = try fields.count("head_dim", default: family.headWidth ?? width / heads)
        head = TiedHead(
            isTied: try fields.flag("tie_word_embeddings") ?? family.tiesHead,
            isSaid: fields.isGiven("tie_word_embeddings"),
            family: family.modelType,
            path: fields.path
        )
        attentionBias = try Self.bias("attention_bias", family.hasAttentionBiasKey, fields, family)
        mlpBias = try Self.bias("mlp_bias", family.hasMLPBiasKey, fields, family)
        activation = HubDefaults.canonical(
            activation: try fields.text(family.activationKey) ?? family.activation
        )
        normEpsilon = try fields.number("rms_norm_eps") ?? family.normEpsilon
        maximumPositions = try fields.count(
            "max_position_embeddings",
            default: family.maximumPositions
        )
        (rope, localRope) = try HubRope.read(fields, family, positions: maximumPositions)
        slidingWindow = try Self.window(fields, family)
        windowedLayers = try Self.windowedLayers(fields, family, slidingWindow, layers)
    }

    /// More layers than any model has, and few enough to list.
    private static let mostLayers = 1 << 16

    private static func family(of fields: ConfigurationFields) throws -> HubDefaults {
        let classes = try fields.texts("architectures") ?? []
        let known = HubDefaults.families.map(\.modelType).joined(separator: ", ")
        let said = try fields.text("model_type")
        func belongs(_ name: String, _ family: HubDefaults) -> Bool {
            ["ForCausalLM", "Model"].contains { ending in
                name.lowercased() == (family.classPrefix + ending).lowercased()
            }
        }
        guard let family = HubDefaults.of(said ?? "llama") else {
            throw fields.error(
                "model_type",
                found: "\"\(said ?? "")\"",
                expected: "one of \(known); other architectures are not known here"
            )
        }
        guard let other = classes.first(where: { !belongs($0, family) }) else { return family }
        guard said != nil else {
            throw fields.error(
                "model_type",
                found: "missing, and 'architectures' names \"\(other)\"",
                expected: "one of \(known)"
            )
        }
        throw fields.error(
            "architectures",
            found: "\"\(other)\", which contradicts model_type \"\(family.modelType)\"",
            expected: "\"\(family.classPrefix)ForCausalLM\"; correct the one that is wrong"
        )
    }

    /// Refuses what makes stored tensors something else than the weights of the family.
    private static func refuseOtherWeights(_ fields: ConfigurationFields) throws {
        for key in ["quantization_config", "compression_config"] where fields.isGiven(key) {
            throw fields.error(
                key,
                found: "given",
                expected: "weights that are not quantized; take the original checkpoint"
            )
        }
        if let map = try fields.object("auto_map"), !map.values.isEmpty {
            throw fields.error(
                "auto_map",
                found: "given: the model has code of its own",
                expected: "a model of the family alone; remove the key if the code is not needed"
            )
        }
        for key in [
            "num_local_experts", "num_experts", "n_routed_experts", "moe_num_experts",
            "num_nextn_predict_layers",
        ] {
            guard let count = try fields.number(key), count > 1 else { continue }
            throw fields.error(
                key,
                found: fields.shown(key),
                expected: "a dense model; mixtures of experts are not known here"
            )
        }
    }

    private static func bias(
        _ key: String,
        _ isKnown: Bool,
        _ fields: ConfigurationFields,
        _ family: HubDefaults
    ) throws -> Bool {
        let bias = try fields.flag(key) ?? false
        guard !bias || isKnown else {
            throw fields.error(
                key,
                found: "true",
                expected: "false: layers of \(family.modelType) have no such biases"
            )
        }
        return bias
    }
}
