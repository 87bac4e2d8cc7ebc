/// What a tensor of the model does.
package enum ParameterRole: String, Sendable, CaseIterable {
    case embedding, attentionNorm, query, key, value, attentionOutput
    case feedForwardNorm, gate, up, down, finalNorm, head
    case queryBias, keyBias, valueBias, attentionOutputBias, gateBias, upBias, downBias
    case queryNorm, keyNorm, attentionOutputNorm, feedForwardOutputNorm

    /// Whether the tensor is a matrix; weight decay applies to matrices only.
    package var isMatrix: Bool { !isGain && !isBias }

    /// Whether the tensor is the gain of a norm.
    package var isGain: Bool {
        switch self {
        case .attentionNorm, .feedForwardNorm, .finalNorm, .queryNorm, .keyNorm,
            .attentionOutputNorm, .feedForwardOutputNorm:
            true
        default: false
        }
    }

    /// Whether the tensor is the bias of a linear layer.
    package var isBias: Bool {
        switch self {
        case .queryBias, .keyBias, .valueBias, .attentionOutputBias, .gateBias, .upBias, .downBias:
            true
        default: false
        }
    }

    /// The name inside a block, or the full name outside of one, as Hugging Face writes it.
    ///
    /// Where norms stand behind the halves of a block too, as in Gemma, `post_attention_layernorm`
    /// is the one behind the attention, and elsewhere the one before the feed-forward network.
    func hubName(normalizingOutputs: Bool = false) -> String {
        switch self {
        case .embedding: "model.embed_tokens.weight"
        case .attentionNorm: "input_layernorm.weight"
        case .query: "self_attn.q_proj.weight"
        case .key: "self_attn.k_proj.weight"
        case .value: "self_attn.v_proj.weight"
        case .attentionOutput: "self_attn.o_proj.weight"
        case .feedForwardNorm:
            normalizingOutputs
                ? "pre_feedforward_layernorm.weight" : "post_attention_layernorm.weight"
        case .gate: "mlp.gate_proj.weight"
        case .up: "mlp.up_proj.weight"
        case .down: "mlp.down_proj.weight"
        case .finalNorm: "model.norm.weight"
        case .head: "lm_head.weight"
        case .queryBias: "self_attn.q_proj.bias"
        case .keyBias: "self_attn.k_proj.bias"
        case .valueBias: "self_attn.v_proj.bias"
        case .attentionOutputBias: "self_attn.o_proj.bias"
        case .gateBias: "mlp.gate_proj.bias"
        case .upBias: "mlp.up_proj.bias"
        case .downBias: "mlp.down_proj.bias"
        case .queryNorm: "self_attn.q_norm.weight"
        case .keyNorm: "self_attn.k_norm.weight"
        case .attentionOutputNorm: "post_attention_layernorm.weight"
        case .feedForwardOutputNorm: "post_feedforward_layernorm.weight"
        }
    }
}

/// Where each tensor of a model lies in the one flat buffer of its parameters.
///
/// Query, key and value follow each other without gaps, and so do gate and up: one product serves
/// all of them. Their biases follow each other likewise. Gradients and optimizer moments have the
/// same layout.
package struct ParameterLayout: Sendable {
    /// One tensor.
    package struct Entry: Sendable {
        /// Name in a Hugging Face checkpoint, such as `model.layers.0.self_attn.q_proj.weight`.
        package let name: String
        /// Sizes, outermost first; a linear weight is `[out, in]`.
        package let shape: [Int]
        /// Elements of the flat buffer.
        package let range: Range<Int>
        /// What the tensor does.
        package let role: ParameterRole
        /// The block that it belongs to, or nil outside of the blocks.
        package let layer: Int?
    }

    /// All tensors in the order of the buffer.
    package let entries: [Entry]
    /// The number of elements of all tensors together.
    package let elementCount: Int

    private let positions: [String: Int]

    /// The tensors of a block in the order of the buffer, where the model has them.
    private static let blockRoles: [ParameterRole] = [
        .attentionNorm, .query, .key, .value, .queryBias, .keyBias, .valueBias, .queryNorm,
        .keyNorm, .attentionOutput, .attentionOutputBias, .attentionOutputNorm, .feedForwardNorm,
        .gate, .up, .gateBias, .upBias, .down, .downBias, .feedForwardOutputNorm,
    ]

    /// Lays out the tensors of a model.
    package init(_ configuration: ModelConfiguration) {
        let shapes = ParameterShapes(configuration)
        var entries: [Entry] = []
        var next = 0
        func add(_ roles: [ParameterRole], layer: Int? = nil) {
            for role in roles where shapes.contains(role) {
                let shape = shapes.shape(of: role)
                let count = shape.reduce(1, *)
                entries.append(
                    Entry(
                        name: shapes.name(of: role, layer: layer),
                        shape: shape,
                        range: next..<(next + count),
                        role: role,
                        layer: layer
                    )
                )
                next += count
            }
        }
        add([.embedding])
        for layer in 0..<configuration.layerCount { add(Self.blockRoles, layer: layer) }
        add([.finalNorm, .head])
        self.entries = entries
        elementCount = next
        positions = Dictionary(uniqueKeysWithValues: entries.enumerated().map { ($1.name, $0) })
    }

    /// The tensor of a name, or nil when the model has none of it.
    package func entry(named name: String) -> Entry? {
        positions[name].map { entries[$0] }
    }

    /// The elements from the first to the last of some roles in one layer.
    func range(_ first: ParameterRole, through last: ParameterRole, layer: Int?) -> Range<Int> {
        guard let from = entries.first(where: { $0.role == first && $0.layer == layer }),
            let to = entries.first(where: { $0.role == last && $0.layer == layer })
        else {
            preconditionFailure("the layout has no \(first) to \(last) in layer \(layer ?? -1)")
        }
        return from.range.lowerBound..<to.range.upperBound
    }
}
