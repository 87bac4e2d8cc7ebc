import Foundations
import MergeMethods
import RecipeDocuments

extension MergeSettings {
    /// The keys of the zones.
    private static let zoneKeys: [CodingKeys] = [
        .bottom, .top, .bottomTransition, .topTransition, .transition,
    ]

    /// Reads a layer swap without the names of its models.
    static func layerSwap(
        _ parameters: MergeParameters,
        _ layers: Int,
        _ tiedHead: Bool
    ) throws -> LayerSwap {
        var swap = LayerSwap.defaults(layerCount: layers)
        if parameters.contains(.coefficients) {
            try refuse(
                zoneKeys,
                parameters,
                "zones and coefficients exclude each other; keep one of them"
            )
            try refuse(
                [.pattern, .direction, .seed, .scale, .threshold, .granularity, .sentences],
                parameters,
                "the key does not apply here: the coefficients say the weight in each layer"
            )
            try readCoefficients(parameters, into: &swap, layers: layers)
        } else {
            swap.pattern = try pattern(parameters)
            swap.direction = try parameters.standardChoice(.direction)
            if swap.pattern.usesZones {
                try readZones(parameters, into: &swap)
            } else {
                try refuse(
                    zoneKeys,
                    parameters,
                    "the key does not apply here: this pattern has no zones"
                )
            }
            if case .changes = swap.pattern {
                try refuse(
                    [.direction],
                    parameters,
                    "the key does not apply here: the changes say which expert owns a layer"
                )
            }
        }
        swap.interpolation = try parameters.standardChoice(.interpolation)
        swap.scale = try scale(parameters)
        swap.tensors = try parameters.standardChoice(.tensors)
        swap.embeddings = try owner(.embeddings, parameters) ?? swap.embeddings
        swap.finalNorm = try owner(.finalNorm, parameters) ?? swap.finalNorm
        swap.head = try owner(.head, parameters) ?? swap.head
        do {
            try swap.check(layerCount: layers, tiedHead: tiedHead)
        } catch {
            throw parameters.error(error.description)
        }
        return swap
    }

    private static func refuse(
        _ keys: [CodingKeys],
        _ parameters: MergeParameters,
        _ problem: String
    ) throws {
        if let key = keys.first(where: parameters.contains) {
            throw parameters.error(at: key, problem)
        }
    }

    private static func pattern(
        _ parameters: MergeParameters
    ) throws -> LayerSwap.Pattern {
        let name: PatternName = try parameters.standardChoice(.pattern)
        if name != .random {
            try refuse(
                [.seed],
                parameters,
                "the key does not apply here: only a random pattern has a seed"
            )
        }
        if name != .changes {
            try refuse(
                [.threshold, .granularity],
                parameters,
                "the key does not apply here: only the pattern 'changes' compares changes"
            )
        }
        if name != .retrieval {
            try refuse(
                [.sentences],
                parameters,
                "the key does not apply here: only the pattern 'retrieval' reads sentences"
            )
        }
        switch name {
        case .retrieval: return .retrieval(sentences: try parameters.standardized(.sentences))
        case .changes:
            return .changes(
                threshold: try parameters.standardized(.threshold),
                granularity: try parameters.standardChoice(.granularity)
            )
        case .zones: return .zones
        case .random: return .random(seed: try parameters.standardized(.seed))
        case .alternating: return .alternating
        }
    }

    private static func readZones(
        _ parameters: MergeParameters,
        into swap: inout LayerSwap
    ) throws {
        if case .retrieval = swap.pattern {
            try refuse(
                [.bottom, .top],
                parameters,
                "the key does not apply here: retrieval says how wide the outer zones are"
            )
            (swap.bottom, swap.top) = (0, 0)
        }
        let widths: [(CodingKeys, WritableKeyPath<LayerSwap, Int>)] = [
            (.bottom, \.bottom), (.top, \.top), (.bottomTransition, \.bottomTransition),
            (.topTransition, \.topTransition),
        ]
        for (key, path) in widths {
            swap[keyPath: path] = try parameters.value(key) ?? swap[keyPath: path]
        }
        guard let text: String = try parameters.value(.transition) else { return }
        guard let transition = LayerSwap.Transition(rawValue: text) else {
            throw parameters.error(
                at: .transition,
                "found \"\(text)\", expected none, ramp, constant, or constant with the "
                    + "outer expert's weight, as in constant 0.3"
            )
        }
        swap.transition = transition
    }

    /// One list for whole layers, or one for the attention and one for the feed-forward network;
    /// one number stands for the same weight in all layers.
    private static func readCoefficients(
        _ parameters: MergeParameters,
        into swap: inout LayerSwap,
        layers: Int
    ) throws {
        func weight(_ setting: SettingValue, at path: [String]) throws -> Double {
            let form = ValueForm.number(NumberRange("weight", 0...1))
            if let (_, problem) = form.problem(of: setting) {
                throw parameters.error(at: path, problem)
            }
            return Double(setting: setting) ?? 0
        }
        func weights(_ setting: SettingValue, at path: [String]) throws -> [Double] {
            guard case .list(let list) = setting else {
                return Array(repeating: try weight(setting, at: path), count: layers)
            }
            return try list.enumerated().map { try weight($1, at: path + [String($0)]) }
        }
        let path = [CodingKeys.coefficients.stringValue]
        switch parameters[.coefficients] {
        case nil: return
        case .named(let halves):
            let values = try halves.map { try weights($0.value, at: path + [$0.name]) }
            (swap.coefficients, swap.mlpCoefficients) = (values.first, values.last)
        case .some(let setting): swap.coefficients = try weights(setting, at: path)
        }
    }

    /// The factors of changes by zone.
    private static func scale(_ parameters: MergeParameters) throws -> LayerSwap.ZoneScale {
        var scale = LayerSwap.ZoneScale()
        guard let factors = try parameters.numbers(.scale) else { return scale }
        let zones = LayerSwap.ZoneScale.zones
        for (name, factor) in factors {
            guard let zone = zones.first(where: { $0.name == name }) else {
                let names = zones.map(\.name)
                let nearest = NearestName.nearest(to: name, among: names)
                let hint = nearest.map { "; did you mean \"\($0)\"?" } ?? ""
                throw parameters.error(
                    at: [CodingKeys.scale.stringValue, name],
                    "unknown zone \"\(name)\", expected \(names.joined(separator: ", "))\(hint)"
                )
            }
            scale[keyPath: zone.path] = factor
        }
        return scale
    }

    private static func owner(
        _ key: CodingKeys,
        _ parameters: MergeParameters
    ) throws -> TensorOwner? {
        guard let text: String = try parameters.value(key) else { return nil }
        guard let owner = TensorOwner(rawValue: text) else {
            let names = ["language", "math", "base", "blend"]
            let nearest = NearestName.nearest(to: text, among: names)
            let hint = nearest.map { "; did you mean \"\($0)\"?" } ?? ""
            throw parameters.error(
                at: key,
                "found \"\(text)\", expected language, math, base, blend, or blend with the "
                    + "language expert's weight, as in blend 0.3\(hint)"
            )
        }
        return owner
    }
}

extension LayerSwap {
    /// How recipes name the pattern.
    var patternName: MergeSettings.PatternName {
        switch pattern {
        case .zones: .zones
        case .random: .random
        case .alternating: .alternating
        case .changes: .changes
        case .retrieval: .retrieval
        }
    }

    /// Whether anything comes from the base, or is decided by it.
    var readsBase: Bool {
        let isBaseAsked = [.changes, .retrieval].contains(patternName) && coefficients == nil
        return isBaseAsked || !scale.isIdle || [embeddings, finalNorm, head].contains(.base)
    }
}
