import RecipeDocuments
import Transformer

extension ModelSettings {
    /// The shape of a model that exists.
    init(_ configuration: ModelConfiguration) {
        layers = configuration.layerCount
        width = configuration.modelWidth
        heads = configuration.headCount
        keyValueHeads = configuration.keyValueHeadCount
        headWidth = configuration.headWidth
        hidden = configuration.hiddenWidth
        tiedEmbeddings = configuration.tiedEmbeddings
        ropeTheta = configuration.ropeTheta
        normEpsilon = configuration.normEpsilon
        initializerRange = configuration.initializerRange
        maximumPositions = configuration.maximumPositions
    }

    /// The shape of the base's checkpoint, with which what is written must agree.
    ///
    /// - Parameters:
    ///   - value: What the recipe writes below `model`; nil for nothing.
    ///   - base: The checkpoint.
    /// - Throws: `RecipeError` for a value that the checkpoint has otherwise, and where neither the
    ///   checkpoint is here nor the shape is written.
    init(_ value: RecipeValue?, of base: BaseCheckpoint) throws {
        if base.configuration == nil, let value {
            try self.init(value)
            return
        }
        self.init(try base.required(insteadOf: "model"))
        guard let value else { return }
        let reader = try MappingReader(value, keys: CodingKeys.self)
        for key in CodingKeys.allCases { try base.check(reader, key, has: setting(of: key)) }
    }

    private func setting(of key: CodingKeys) -> SettingValue {
        switch key {
        case .layers: .whole(layers)
        case .width: .whole(width)
        case .heads: .whole(heads)
        case .keyValueHeads: .whole(keyValueHeads)
        case .headWidth: .whole(headWidth)
        case .hidden: .whole(hidden)
        case .tiedEmbeddings: .boolean(tiedEmbeddings)
        case .ropeTheta: .number(ropeTheta)
        case .normEpsilon: .number(normEpsilon)
        case .initializerRange: .number(initializerRange)
        case .maximumPositions: .whole(maximumPositions)
        }
    }
}
