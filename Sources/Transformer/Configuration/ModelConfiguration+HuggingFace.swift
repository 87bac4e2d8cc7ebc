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
        biases = model.biases
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
}
