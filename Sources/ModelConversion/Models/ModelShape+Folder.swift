import Checkpointing
import Transformer

extension ModelShape {
    /// Takes what `config.json` says of a model.
    ///
    /// - Throws: `ConfigurationError` for what llama.cpp does not compute, or computes otherwise.
    init(_ model: HubModel, _ fields: ConfigurationFields) throws {
        switch model.family.modelType {
        case "llama", "mistral": family = .llama
        case "qwen2": family = .qwen2
        case "qwen3": family = .qwen3
        case let other:
            throw fields.error(
                "model_type",
                found: "\"\(other)\"",
                expected: "llama, mistral, qwen2 or qwen3; others are not written as GGUF here"
            )
        }
        guard model.activation == "silu" else {
            throw fields.error(
                "hidden_act",
                found: "\"\(model.activation)\"",
                expected: "\"silu\", which llama.cpp computes for this architecture"
            )
        }
        guard model.rope.partialFactor == 1, model.headWidth % 2 == 0 else {
            throw fields.error(
                "partial_rotary_factor",
                found: "\(model.rope.partialFactor) of \(model.headWidth)",
                expected: "positions that turn a whole head of even width"
            )
        }
        vocabulary = model.vocabulary
        width = model.width
        layers = model.layers
        heads = model.heads
        keyValueHeads = model.keyValueHeads
        headWidth = model.headWidth
        hidden = model.hidden
        isTied = model.head.isTied
        biases = model.biases
        guard family == .llama || !model.attentionBias else {
            throw fields.error(
                "attention_bias",
                found: "true",
                expected: "false: llama.cpp has no such biases for \(family.rawValue)"
            )
        }
        // llama.cpp sees all tokens; as far as the window reaches, that is the same.
        context = min(model.maximumPositions, model.slidingWindow ?? model.maximumPositions)
        normEpsilon = model.normEpsilon
        try Self.checkSizes(model, fields)
        rotary = RotaryForm(theta: model.rope.theta, scaling: try Self.scaling(model, fields))
    }

    /// Refuses sizes beyond every machine, which keeps all products inside an `Int`.
    private static func checkSizes(_ model: HubModel, _ fields: ConfigurationFields) throws {
        for (key, value, most) in [
            ("vocab_size", model.vocabulary, 1 << 24), ("hidden_size", model.width, 1 << 24),
            ("num_hidden_layers", model.layers, 4_096), ("head_dim", model.headWidth, 1 << 16),
            ("num_attention_heads", model.heads, 1 << 16),
            ("intermediate_size", model.hidden, 1 << 24),
            ("max_position_embeddings", model.maximumPositions, 1 << 30),
        ] where value > most {
            throw fields.error(key, found: "\(value)", expected: "at most \(most)")
        }
    }

    private static func scaling(
        _ model: HubModel,
        _ fields: ConfigurationFields
    ) throws -> RotaryForm.Scaling {
        guard let scaling = model.rope.scaling else { return .plain }
        func number(_ key: String, default standard: Double? = nil) throws -> Double {
            guard let number = try scaling.number(key) ?? standard, number > 0 else {
                let found = scaling.shown(key)
                throw scaling.error(key, found: found, expected: "a number above zero")
            }
            return number
        }
        let contextKey = "original_max_position_embeddings"
        let context =
            try scaling.isGiven(contextKey)
            ? scaling.count(contextKey) : model.maximumPositions
        let named = ["rope_theta", "rope_type", "type", "partial_rotary_factor"]
        let others = scaling.values.keys.filter { scaling.isGiven($0) && !named.contains($0) }
        func allow(_ keys: [String]) throws {
            guard let other = others.filter({ !keys.contains($0) }).min() else { return }
            throw scaling.error(
                other,
                found: scaling.shown(other),
                expected: "no such key beside \(model.rope.kind), for GGUF has no place for it"
            )
        }
        switch model.rope.kind {
        case "linear":
            return .linear(factor: try number("factor"))
        case "yarn":
            try allow(["factor", contextKey])
            return .yarn(factor: try number("factor"), originalContext: context)
        case "llama3":
            let (low, high) = (try number("low_freq_factor"), try number("high_freq_factor"))
            guard low < high else {
                throw scaling.error(
                    "high_freq_factor",
                    found: "\(high)",
                    expected: "a number above low_freq_factor, \(low)"
                )
            }
            return .llama3(
                Llama3Scaling(
                    factor: try number("factor"),
                    low: low,
                    high: high,
                    originalContext: context
                )
            )
        case let kind:
            throw fields.error(
                "rope_type",
                found: "\"\(kind)\"",
                expected: "default, linear, yarn or llama3, which GGUF can say"
            )
        }
    }
}
