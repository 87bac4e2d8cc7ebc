import Checkpointing
import Kernels

extension RotaryScaling {
    /// Reads what becomes of the rotary frequencies; nil where nothing does.
    ///
    /// - Throws: `ConfigurationError` for kinds that are not computed here, and for numbers that
    ///   are missing or impossible.
    init?(of model: HubModel, _ fields: ConfigurationFields) throws {
        guard let rope = model.rope.scaling else { return nil }
        func positive(_ key: String) throws -> Double {
            guard let number = try rope.number(key), number > 0 else {
                let found = rope.values[key].map { "\($0)" } ?? "missing"
                throw rope.error(key, found: found, expected: "a number above zero")
            }
            return number
        }
        func context() throws -> Double {
            let key = "original_max_position_embeddings"
            let outer = fields.isGiven(key) ? try fields.number(key) : nil
            let inner = rope.isGiven(key) ? try positive(key) : nil
            if let outer, let inner, outer != inner {
                throw rope.error(
                    key,
                    found: "\(outer) at the top level and \(inner) beside rope_type",
                    expected: "one value; remove the one that is wrong"
                )
            }
            let context = outer ?? inner ?? Double(model.maximumPositions)
            guard context > 0, context <= Double(1 << 24) else {
                throw rope.error(key, found: "\(context)", expected: "at most \(1 << 24)")
            }
            return context
        }
        switch model.rope.kind {
        case "default": return nil
        case "linear": self = .linear(factor: try positive("factor"))
        case "dynamic": self = .dynamic(factor: try positive("factor"))
        case "llama3":
            let (low, high) = (try positive("low_freq_factor"), try positive("high_freq_factor"))
            guard low < high else {
                throw rope.error(
                    "high_freq_factor",
                    found: "\(high)",
                    expected: "a number above low_freq_factor, \(low)"
                )
            }
            self = .llama3(
                factor: try positive("factor"),
                low: low,
                high: high,
                originalContext: try context()
            )
        case "yarn":
            self = .yarn(try Yarn(rope, context: try context(), positions: model.maximumPositions))
        case let kind:
            throw rope.error(
                "rope_type",
                found: "\"\(kind)\"",
                expected: "\"default\", \"linear\", \"dynamic\", \"llama3\" or \"yarn\""
            )
        }
    }
}

extension RotaryScaling.Yarn {
    /// Reads the numbers of YaRN; `null` and 0 are as good as missing where `transformers` has it
    /// so.
    fileprivate init(_ rope: ConfigurationFields, context: Double, positions: Int) throws {
        func number(_ key: String) throws -> Double? {
            guard let number = try rope.number(key), number != 0 else { return nil }
            guard number > 0 else {
                throw rope.error(key, found: "\(number)", expected: "a number above zero")
            }
            return number
        }
        // A factor of `null` follows from the two lengths; one that is missing is an error there
        // too.
        guard rope.values["factor"] != nil else {
            throw rope.error("factor", found: "missing", expected: "a number above zero")
        }
        let factor = try number("factor") ?? Double(positions) / context
        var attentionFactor = try number("attention_factor")
        if attentionFactor == nil, let scale = try number("mscale"),
            let all = try number("mscale_all_dim")
        {
            attentionFactor =
                Self.magnitude(factor, times: scale) / Self.magnitude(factor, times: all)
        }
        let (fast, slow) = (try number("beta_fast") ?? 32, try number("beta_slow") ?? 1)
        guard fast >= slow else {
            throw rope.error(
                "beta_fast",
                found: "\(fast)",
                expected: "no less than beta_slow, \(slow)"
            )
        }
        self.init(
            factor: factor,
            originalContext: context,
            fastTurns: fast,
            slowTurns: slow,
            truncates: try rope.flag("truncate") ?? true,
            attentionFactor: attentionFactor
        )
    }
}

extension HubModel {
    /// The base of the frequencies in layers with a window, where it is another one.
    ///
    /// - Throws: `ConfigurationError` where their frequencies are scaled too.
    func localTheta(_ fields: ConfigurationFields) throws -> Double? {
        guard let localRope else { return nil }
        guard localRope.scaling == nil else {
            throw fields.error(
                "rope_parameters",
                found: "\(localRope.text) for \"sliding_attention\"",
                expected: "\"default\" there: that is not computed here"
            )
        }
        return localRope.theta
    }

    /// Which linear layers have biases.
    package var biases: LinearBiases {
        // Query, key and value of Qwen 2 always have biases, whatever the file says.
        if family.modelType == DecoderFamily.qwen2.rawValue { return .queryKeyValue }
        var biases: LinearBiases = attentionBias ? [.queryKeyValue, .attentionOutput] : []
        if mlpBias { biases.insert(.feedForward) }
        return biases
    }
}
