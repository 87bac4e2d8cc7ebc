import Foundation
import Kernels

extension ModelConfiguration {
    /// Reads and checks `config.json` of a checkpoint folder.
    ///
    /// - Parameter folder: The checkpoint.
    /// - Throws: `ConfigurationError` when a value is missing, of the wrong type, out of range or
    ///   asks for something else than a plain Llama; errors of reading the file.
    package init(in folder: URL) throws {
        let hub = try HubFields(of: folder)
        try self.init(hub: hub)
        try readEnds(hub, in: folder)
    }

    /// Reads and checks the fields of `config.json`.
    ///
    /// - Throws: `ConfigurationError`.
    init(hub: HubFields) throws { try self.init(HubModel(hub), hub) }

    init(_ model: HubModel, _ hub: HubFields) throws {
        guard model.family.modelType == "llama" else {
            throw hub.error(
                "model_type",
                found: "\"\(model.family.modelType)\"",
                expected: "\"llama\"; models of other families are merged here, and not run"
            )
        }
        try model.refuseOtherComputations(hub)
        self.init(
            vocabularySize: model.vocabulary,
            modelWidth: model.width,
            layerCount: model.layers,
            headCount: model.heads,
            keyValueHeadCount: model.keyValueHeads,
            headWidth: model.headWidth,
            hiddenWidth: model.hidden,
            tiedEmbeddings: model.head.isTied
        )
        ropeScaling = try model.rope.scaling.flatMap {
            try Self.ropeScaling($0, model.rope.kind, model.maximumPositions)
        }
        ropeTheta = model.rope.theta
        normEpsilon = model.normEpsilon
        initializerRange = try hub.number("initializer_range") ?? 0.02
        maximumPositions = model.maximumPositions
        if let problem {
            throw hub.error(problem.key, found: problem.found, expected: problem.rule)
        }
    }

    /// Reads what becomes of the rotary frequencies; nil where nothing does.
    private static func ropeScaling(
        _ rope: HubFields,
        _ kind: String,
        _ positions: Int
    ) throws -> RotaryScaling? {
        func positive(_ key: String) throws -> Double {
            guard let number = try rope.number(key), number > 0 else {
                let found = rope.values[key].map { "\($0)" } ?? "missing"
                throw rope.error(key, found: found, expected: "a number above zero")
            }
            return number
        }
        switch kind {
        case "default": return nil
        case "linear": return .linear(factor: try positive("factor"))
        case "llama3":
            let (low, high) = (try positive("low_freq_factor"), try positive("high_freq_factor"))
            guard low < high else {
                throw rope.error(
                    "high_freq_factor",
                    found: "\(high)",
                    expected: "a number above low_freq_factor, \(low)"
                )
            }
            let key = "original_max_position_embeddings"
            let context = rope.isGiven(key) ? try positive(key) : Double(positions)
            guard context <= Double(1 << 24) else {
                throw rope.error(key, found: "\(context)", expected: "at most \(1 << 24)")
            }
            return .llama3(
                factor: try positive("factor"),
                low: low,
                high: high,
                originalContext: context
            )
        case let kind:
            throw rope.error(
                "rope_type",
                found: "\"\(kind)\"",
                expected: "\"default\", \"linear\" or \"llama3\""
            )
        }
    }

    /// The value of `rope_parameters`.
    private var ropeParameters: [String: Any] {
        var values: [String: Any] = ["rope_theta": ropeTheta]
        switch ropeScaling {
        case nil: values["rope_type"] = "default"
        case .linear(let factor):
            values["rope_type"] = "linear"
            values["factor"] = factor
        case .llama3(let factor, let low, let high, let context):
            values["rope_type"] = "llama3"
            values["factor"] = factor
            values["low_freq_factor"] = low
            values["high_freq_factor"] = high
            values["original_max_position_embeddings"] = Int(context)
        }
        return values
    }

    /// What makes these numbers impossible, or nil when a model can have them.
    package var problem: (key: String, found: String, rule: String)? {
        if headWidth % 2 != 0 {
            return ("head_dim", "\(headWidth)", "an even width, because positions turn pairs")
        }
        if keyValueHeadCount < 1 || headCount % keyValueHeadCount != 0 {
            return (
                "num_key_value_heads", "\(keyValueHeadCount)", "a divisor of \(headCount) heads"
            )
        }
        // Beyond every machine; with what heads make together it keeps all products inside an Int.
        let largest = 1 << 20
        for (key, value) in [
            ("vocab_size", vocabularySize), ("hidden_size", modelWidth),
            ("intermediate_size", hiddenWidth), ("num_attention_heads", headCount),
            ("head_dim", headWidth),
        ] where value > largest {
            return (key, "\(value)", "at most \(largest)")
        }
        let (queries, overflow) = headCount.multipliedReportingOverflow(by: headWidth)
        if overflow || queries > 1 << 22 {
            return ("head_dim", "\(headWidth) in \(headCount) heads", "heads of at most \(1 << 22)")
        }
        if layerCount > 1 << 12 { return ("num_hidden_layers", "\(layerCount)", "at most 4096") }
        if maximumPositions > 1 << 24 {
            return ("max_position_embeddings", "\(maximumPositions)", "at most \(1 << 24)")
        }
        if normEpsilon <= 0 { return ("rms_norm_eps", "\(normEpsilon)", "a number above zero") }
        if ropeTheta <= 0 { return ("rope_theta", "\(ropeTheta)", "a number above zero") }
        return nil
    }

    /// The text of `config.json`, with keys in fixed order.
    package func hubJSON() throws -> Data {
        let values: [String: Any] = [
            "architectures": ["LlamaForCausalLM"], "model_type": "llama", "hidden_act": "silu",
            "attention_bias": false, "mlp_bias": false, "attention_dropout": 0.0,
            "torch_dtype": "float32", "use_cache": true,
            "vocab_size": vocabularySize, "hidden_size": modelWidth,
            "num_hidden_layers": layerCount, "num_attention_heads": headCount,
            "num_key_value_heads": keyValueHeadCount, "head_dim": headWidth,
            "intermediate_size": hiddenWidth, "tie_word_embeddings": tiedEmbeddings,
            "max_position_embeddings": maximumPositions, "rms_norm_eps": normEpsilon,
            "initializer_range": initializerRange, "rope_theta": ropeTheta,
            "rope_parameters": ropeParameters,
            "bos_token_id": Self.value(of: beginningOfSequence.map { [$0] } ?? []),
            "eos_token_id": Self.value(of: endsOfSequence),
        ]
        return try JSONSerialization.data(
            withJSONObject: values,
            options: [.prettyPrinted, .sortedKeys]
        )
    }
}
