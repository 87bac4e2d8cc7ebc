import Checkpointing
import Foundation
import Kernels

extension ModelConfiguration {
    /// Reads and checks `config.json` of a checkpoint folder.
    ///
    /// - Parameter folder: The checkpoint.
    /// - Throws: `ConfigurationError` when a value is missing, of the wrong type, out of range or
    ///   asks for something that is not computed here; errors of reading the file.
    package init(in folder: URL) throws {
        let hub = try ConfigurationFields(of: folder)
        try self.init(hub: hub)
        try readEnds(hub, in: folder)
    }

    /// Reads and checks the fields of `config.json`.
    ///
    /// - Throws: `ConfigurationError`.
    init(hub: ConfigurationFields) throws { try self.init(HubModel(hub), hub) }

    init(_ model: HubModel, _ hub: ConfigurationFields) throws {
        guard let decoder = DecoderFamily(rawValue: model.family.modelType) else {
            let known = DecoderFamily.allCases.map(\.rawValue).joined(separator: ", ")
            throw hub.error(
                "model_type",
                found: "\"\(model.family.modelType)\"",
                expected: "one of \(known); models of other families are merged here, and not run"
            )
        }
        try model.refuseOtherComputations(hub, decoder)
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
        family = decoder
        biases = model.biases(of: decoder)
        if let window = model.slidingWindow, model.windowedLayers.contains(true) {
            slidingWindow = SlidingWindow(size: window, layers: model.windowedLayers)
        }
        ropeScaling = try RotaryScaling(of: model, hub)
        ropeTheta = model.rope.theta
        localRopeTheta = try model.localTheta(hub)
        if decoder == .gemma3Text {
            queryScalar = try hub.number("query_pre_attn_scalar") ?? 256
        }
        normEpsilon = model.normEpsilon
        initializerRange = try hub.number("initializer_range") ?? 0.02
        maximumPositions = model.maximumPositions
        if let problem {
            throw hub.error(problem.key, found: problem.found, expected: problem.rule)
        }
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
        if let localRopeTheta, localRopeTheta <= 0 {
            return ("rope_local_base_freq", "\(localRopeTheta)", "a number above zero")
        }
        if let queryScalar, queryScalar <= 0 {
            return ("query_pre_attn_scalar", "\(queryScalar)", "a number above zero")
        }
        return nil
    }
}
