import Foundation
import Kernels

extension ModelConfiguration {
    /// Reads and checks `config.json` of a checkpoint folder.
    ///
    /// - Parameter folder: The checkpoint.
    /// - Throws: `ConfigurationError` when a value is missing, of the wrong type, out of range or
    ///   asks for something else than a plain Llama; errors of reading the file.
    package init(in folder: URL) throws {
        try self.init(hub: HubFields(of: folder))
    }

    private init(hub: HubFields) throws {
        try hub.require("model_type", "llama")
        try hub.require("hidden_act", "silu")
        for key in ["attention_bias", "mlp_bias"] where hub.flag(key) == true {
            throw hub.error(key, found: "true", expected: "false: linear layers without bias")
        }
        let rope = hub.object("rope_parameters") ?? hub.object("rope_scaling")
        let width = try hub.count("hidden_size")
        let heads = try hub.count("num_attention_heads")
        self.init(
            vocabularySize: try hub.count("vocab_size"),
            modelWidth: width,
            layerCount: try hub.count("num_hidden_layers"),
            headCount: heads,
            keyValueHeadCount: try hub.count("num_key_value_heads", default: heads),
            headWidth: try hub.count("head_dim", default: width / heads),
            hiddenWidth: try hub.count("intermediate_size"),
            tiedEmbeddings: hub.flag("tie_word_embeddings") ?? false
        )
        ropeScaling = try rope.flatMap(Self.ropeScaling)
        ropeTheta = try rope?.number("rope_theta") ?? hub.number("rope_theta") ?? 10_000
        normEpsilon = try hub.number("rms_norm_eps") ?? 1e-6
        initializerRange = try hub.number("initializer_range") ?? 0.02
        maximumPositions = try hub.count("max_position_embeddings", default: 2048)
        beginningOfSequence = Int32(truncatingIfNeeded: hub.identifier("bos_token_id") ?? 1)
        endOfSequence = Int32(truncatingIfNeeded: hub.identifier("eos_token_id") ?? 2)
        if let problem {
            throw hub.error(problem.key, found: problem.found, expected: problem.rule)
        }
    }

    /// Reads what becomes of the rotary frequencies; nil where nothing does.
    private static func ropeScaling(_ rope: HubFields) throws -> RotaryScaling? {
        func positive(_ key: String) throws -> Double {
            guard let number = try rope.number(key), number > 0 else {
                let found = rope.values[key].map { "\($0)" } ?? "missing"
                throw rope.error(key, found: found, expected: "a number above zero")
            }
            return number
        }
        switch rope.text("rope_type") ?? rope.text("type") ?? "default" {
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
            return .llama3(
                factor: try positive("factor"),
                low: low,
                high: high,
                originalContext: try positive("original_max_position_embeddings")
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
        if headCount % keyValueHeadCount != 0 {
            return (
                "num_key_value_heads", "\(keyValueHeadCount)", "a divisor of \(headCount) heads"
            )
        }
        // 2^40 parameters is beyond every machine and keeps all products below inside an Int.
        let largest = 1 << 20
        for (key, value) in [
            ("vocab_size", vocabularySize), ("hidden_size", modelWidth),
            ("intermediate_size", hiddenWidth), ("num_attention_heads", headCount),
            ("head_dim", headWidth),
        ] where value > largest {
            return (key, "\(value)", "at most \(largest)")
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
            "bos_token_id": Int(beginningOfSequence), "eos_token_id": Int(endOfSequence),
        ]
        return try JSONSerialization.data(
            withJSONObject: values,
            options: [.prettyPrinted, .sortedKeys]
        )
    }
}
