import Checkpointing

/// Windows of attention: how many tokens a query sees, and in which layers.
extension HubModel {
    /// `sliding_window`, or the family's default; nil where attention sees everything.
    static func window(_ fields: ConfigurationFields, _ family: HubDefaults) throws -> Int? {
        if case .flagged = family.windowRule, try fields.flag("use_sliding_window") != true {
            return nil
        }
        if fields.isGiven("sliding_window") { return try fields.count("sliding_window") }
        return fields.values["sliding_window"] == nil ? family.slidingWindow : nil
    }

    /// Whether the window counts in each layer.
    ///
    /// - Throws: `ConfigurationError` for `layer_types` of another number of layers, of kinds that
    ///   are not known, or with a window where none is given.
    static func windowedLayers(
        _ fields: ConfigurationFields,
        _ family: HubDefaults,
        _ window: Int?,
        _ layers: Int
    ) throws -> [Bool] {
        let key = "layer_types"
        let windowed = "sliding_attention"
        if let types = try fields.texts(key) {
            guard types.count == layers else {
                throw fields.error(
                    key,
                    found: "a list of \(types.count)",
                    expected: "one entry for each of the \(layers) layers of num_hidden_layers"
                )
            }
            if let type = types.first(where: { $0 != "full_attention" && $0 != windowed }) {
                throw fields.error(
                    key,
                    found: "a list with \"\(type)\"",
                    expected:
                        "\"full_attention\" or \"\(windowed)\"; other kinds are not known here"
                )
            }
            switch family.windowRule {
            case .flagged, .pattern:
                guard window != nil || !types.contains(windowed) else {
                    throw fields.error(
                        key,
                        found: "a list with \"\(windowed)\" where there is no window",
                        expected:
                            "\"full_attention\" for every layer, or a sliding_window that is used"
                    )
                }
                return types.map { $0 == windowed }
            case .everywhere, .none:
                // `transformers` does not look at the list in these families.
                let isEverywhere = window != nil && layers > 0
                if case .everywhere = family.windowRule,
                    types.contains(where: { ($0 == windowed) != isEverywhere })
                {
                    throw fields.error(
                        key,
                        found: "a list with \"\(isEverywhere ? "full_attention" : windowed)\"",
                        expected: "what sliding_window says of every layer of \(family.modelType)"
                    )
                }
            }
        }
        guard window != nil else { return Array(repeating: false, count: layers) }
        switch family.windowRule {
        case .none: return Array(repeating: false, count: layers)
        case .everywhere: return Array(repeating: true, count: layers)
        case .flagged:
            let first = try fields.number("max_window_layers") ?? 28
            return (0..<layers).map { Double($0) >= first }
        case .pattern(let standard):
            let period = try fields.count("sliding_window_pattern", default: standard)
            return (0..<layers).map { ($0 + 1) % period != 0 }
        }
    }
}
