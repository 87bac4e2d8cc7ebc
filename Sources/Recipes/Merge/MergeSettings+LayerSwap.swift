import Foundations
import MergeMethods

extension MergeSettings {
    /// The patterns as recipes name them.
    enum PatternName: String, CaseIterable {
        case zones, random, alternating, changes
    }

    /// The difference of changes from which one expert owns a layer, when the recipe names none.
    static let standardThreshold = 0.1

    /// The keys of the zones.
    private static let zoneKeys: [CodingKeys] = [
        .bottom, .top, .bottomTransition, .topTransition, .transition,
    ]

    /// Reads a layer swap without the names of its models.
    static func layerSwap(
        _ reader: MappingReader<CodingKeys>,
        _ layers: Int,
        _ tiedHead: Bool
    ) throws -> LayerSwap {
        var swap = LayerSwap.defaults(layerCount: layers)
        if let value = reader.optional(.coefficients) {
            try refuse(
                zoneKeys,
                reader,
                "zones and coefficients exclude each other; keep one of them"
            )
            try refuse(
                [.pattern, .direction, .seed, .scale, .threshold, .granularity],
                reader,
                "the key has no use here: the coefficients say the weight in each layer"
            )
            try readCoefficients(value, into: &swap, layers: layers)
        } else {
            swap.pattern = try pattern(reader)
            swap.direction = try reader.choice(.direction, default: .languageOutside)
            if swap.pattern.usesZones {
                try readZones(reader, into: &swap)
            } else {
                try refuse(
                    zoneKeys,
                    reader,
                    "the key has no use here: this pattern has no zones"
                )
            }
            if case .changes = swap.pattern {
                try refuse(
                    [.direction],
                    reader,
                    "the key has no use here: the changes say which expert owns a layer"
                )
            }
        }
        swap.interpolation = try reader.choice(.interpolation, default: .linear)
        if let value = reader.optional(.scale) { swap.scale = try scale(value) }
        swap.tensors = try reader.choice(.tensors, default: .all)
        if let value = reader.optional(.embeddings) { swap.embeddings = try owner(value) }
        if let value = reader.optional(.finalNorm) { swap.finalNorm = try owner(value) }
        if let value = reader.optional(.head) { swap.head = try owner(value) }
        do {
            try swap.check(layerCount: layers, tiedHead: tiedHead)
        } catch {
            throw reader.value.error(error.description)
        }
        return swap
    }

    private static func refuse(
        _ keys: [CodingKeys],
        _ reader: MappingReader<CodingKeys>,
        _ problem: String
    ) throws {
        if let value = keys.lazy.compactMap({ reader.optional($0) }).first {
            throw value.error(problem)
        }
    }

    private static func pattern(
        _ reader: MappingReader<CodingKeys>
    ) throws -> LayerSwap.Pattern {
        let name: PatternName = try reader.choice(.pattern, default: .zones)
        if name != .random {
            try refuse(
                [.seed],
                reader,
                "the key has no use here: only a random pattern has a seed"
            )
        }
        if name != .changes {
            try refuse(
                [.threshold, .granularity],
                reader,
                "the key has no use here: only the pattern 'changes' compares changes"
            )
        }
        switch name {
        case .changes:
            let threshold = try reader.optional(.threshold)?.number(
                in: 0...1,
                "a difference of changes from 0 to 1"
            )
            return .changes(
                threshold: threshold ?? standardThreshold,
                granularity: try reader.choice(.granularity, default: .layer)
            )
        case .zones: return .zones
        case .random: return .random(seed: try reader.optional(.seed)?.seed() ?? standardSeed)
        case .alternating: return .alternating
        }
    }

    private static func readZones(
        _ reader: MappingReader<CodingKeys>,
        into swap: inout LayerSwap
    ) throws {
        let widths: [(CodingKeys, WritableKeyPath<LayerSwap, Int>)] = [
            (.bottom, \.bottom), (.top, \.top), (.bottomTransition, \.bottomTransition),
            (.topTransition, \.topTransition),
        ]
        for (key, path) in widths {
            swap[keyPath: path] = try reader.integer(
                key,
                default: swap[keyPath: path],
                in: 0...100_000
            )
        }
        guard let value = reader.optional(.transition) else { return }
        let text = try value.text("none, ramp, constant or constant 0.3")
        guard let transition = LayerSwap.Transition(rawValue: text) else {
            throw value.error(
                "found \"\(text)\", expected none, ramp, constant, or constant with the "
                    + "outer expert's weight, as in constant 0.3"
            )
        }
        swap.transition = transition
    }

    /// One list for whole layers, or one for the attention and one for the feed-forward network; one
    /// number stands for the same weight in all layers.
    private static func readCoefficients(
        _ value: RecipeValue,
        into swap: inout LayerSwap,
        layers: Int
    ) throws {
        func weight(_ value: RecipeValue) throws -> Double {
            try value.number(in: 0...1, "a weight from 0 to 1")
        }
        func weights(_ value: RecipeValue) throws -> [Double] {
            if case .scalar = value.node {
                return Array(repeating: try weight(value), count: layers)
            }
            return try value.list(
                "the language expert's weight, or a list of its weights in each layer"
            ).map(weight)
        }
        guard case .mapping = value.node else {
            swap.coefficients = try weights(value)
            return
        }
        let halves = try MappingReader(value, keys: HalfKeys.self)
        swap.coefficients = try weights(halves.required(.attention, "weights of the attention"))
        swap.mlpCoefficients = try weights(
            halves.required(.mlp, "weights of the feed-forward networks")
        )
    }

    private enum HalfKeys: String, RecipeKey { case attention, mlp }

    /// The factors of changes by zone.
    private static func scale(_ value: RecipeValue) throws -> LayerSwap.ZoneScale {
        var scale = LayerSwap.ZoneScale()
        let zones = LayerSwap.ZoneScale.zones
        let names = zones.map(\.name)
        for (name, factor) in try value.namedValues("a mapping of zones to factors") {
            guard let zone = zones.first(where: { $0.name == name }) else {
                let nearest = NearestName.nearest(to: name, among: names)
                let hint = nearest.map { "; did you mean \"\($0)\"?" } ?? ""
                throw factor.error(
                    "unknown zone \"\(name)\", expected \(names.joined(separator: ", "))\(hint)"
                )
            }
            scale[keyPath: zone.path] = try factor.number(
                in: -1_000...1_000,
                "a factor from -1000 to 1000"
            )
        }
        return scale
    }

    private static func owner(_ value: RecipeValue) throws -> TensorOwner {
        let text = try value.text("language, math, base, or blend 0.5")
        guard let owner = TensorOwner(rawValue: text) else {
            let names = ["language", "math", "base", "blend"]
            let nearest = NearestName.nearest(to: text, among: names)
            let hint = nearest.map { "; did you mean \"\($0)\"?" } ?? ""
            throw value.error(
                "found \"\(text)\", expected language, math, base, blend, or blend with the "
                    + "language expert's weight, as in blend 0.3\(hint)"
            )
        }
        return owner
    }
}

extension LayerSwap {
    /// Whether anything comes from the base.
    var readsBase: Bool {
        if coefficients == nil, case .changes = pattern { return true }
        return !scale.isIdle || [embeddings, finalNorm, head].contains(.base)
    }
}
