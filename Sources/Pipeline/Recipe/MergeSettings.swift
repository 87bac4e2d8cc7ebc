import Merging

/// The method of a merge, as recipes and the command line name it.
package enum MergeKind: String, CaseIterable, Sendable {
    /// Layers of the language expert around layers of the math expert.
    case layerSwap = "layer-swap"
    /// The weighted mean; of both experts with equal weights it is the uniform soup.
    case average
}

/// One merge of a recipe.
package struct MergeSettings: Hashable, Sendable {
    /// What is done.
    package var method: MergeMethod

    enum CodingKeys: String, RecipeKey {
        case method, bottom, top
        case bottomTransition = "bottom_transition"
        case topTransition = "top_transition"
        case transition, coefficients, embeddings
        case finalNorm = "final_norm"
        case head, weights
    }

    /// Reads a merge of models of a given shape; zones that are left out scale with the depth.
    init(_ value: RecipeValue, layers: Int, tiedHead: Bool) throws {
        let reader = try MappingReader(value, keys: CodingKeys.self)
        let kind: MergeKind = try reader.required(.method, "how the models become one").choice()
        switch kind {
        case .layerSwap: method = .layerSwap(try Self.layerSwap(reader, layers, tiedHead))
        case .average: method = .average(try Self.average(reader))
        }
    }

    private static func average(_ reader: MappingReader<CodingKeys>) throws -> WeightedAverage {
        for key in CodingKeys.allCases where key != .method && key != .weights {
            if let value = reader.optional(key) {
                throw value.error("the key has no use here: an average has weights only")
            }
        }
        guard let value = reader.optional(.weights) else {
            return .uniform(of: ["math", "language"])
        }
        let models = ["base", "math", "language"]
        let terms = try value.namedValues("a mapping of models to weights").map { name, weight in
            guard models.contains(name) else {
                let nearest = NearestWord.nearest(to: name, among: models)
                let hint = nearest.map { "; did you mean \"\($0)\"?" } ?? ""
                throw weight.error(
                    "unknown model, expected one of \(models.joined(separator: ", "))\(hint)"
                )
            }
            return MergeTerm(name, try weight.number(in: 0...1e6, "a weight of zero or more"))
        }
        guard terms.contains(where: { $0.weight > 0 }) else {
            throw value.error("no weight is above zero")
        }
        return WeightedAverage(terms)
    }

    private static func layerSwap(
        _ reader: MappingReader<CodingKeys>,
        _ layers: Int,
        _ tiedHead: Bool
    ) throws -> LayerSwap {
        if let value = reader.optional(.weights) {
            throw value.error("the key has no use here: a layer swap has zones or coefficients")
        }
        var swap = LayerSwap.defaults(layerCount: layers)
        if let value = reader.optional(.coefficients) {
            let zones: [CodingKeys] = [
                .bottom, .top, .bottomTransition, .topTransition, .transition,
            ]
            if let zone = zones.lazy.compactMap({ reader.optional($0) }).first {
                throw zone.error("zones and coefficients exclude each other; keep one of them")
            }
            swap.coefficients = try value.list(
                "a list with the language expert's weight in each layer"
            ).map { try $0.number(in: 0...1, "a weight from 0 to 1") }
        }
        let widths = 0...100_000
        swap.bottom = try reader.integer(.bottom, default: swap.bottom, in: widths)
        swap.top = try reader.integer(.top, default: swap.top, in: widths)
        swap.bottomTransition = try reader.integer(
            .bottomTransition,
            default: swap.bottomTransition,
            in: widths
        )
        swap.topTransition = try reader.integer(
            .topTransition,
            default: swap.topTransition,
            in: widths
        )
        if let value = reader.optional(.transition) {
            let text = try value.text("none, linear, constant or constant 0.3")
            guard let transition = LayerSwap.Transition(rawValue: text) else {
                throw value.error(
                    "found \"\(text)\", expected none, linear, constant, or constant with the "
                        + "language expert's weight, as in constant 0.3"
                )
            }
            swap.transition = transition
        }
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

    private static func owner(_ value: RecipeValue) throws -> TensorOwner {
        let text = try value.text("language, math, base, or blend 0.5")
        guard let owner = TensorOwner(rawValue: text) else {
            let names = ["language", "math", "base", "blend"]
            let nearest = NearestWord.nearest(to: text, among: names)
            let hint = nearest.map { "; did you mean \"\($0)\"?" } ?? ""
            throw value.error(
                "found \"\(text)\", expected language, math, base, blend, or blend with the "
                    + "language expert's weight, as in blend 0.3\(hint)"
            )
        }
        return owner
    }
}

extension MergeSettings: Encodable {
    private struct Name: CodingKey {
        let stringValue: String
        let intValue: Int? = nil
        init(stringValue: String) { self.stringValue = stringValue }
        init?(intValue: Int) { nil }
    }

    /// Writes the keys that matter to the method.
    package func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        switch method {
        case .average(let average):
            try container.encode(MergeKind.average.rawValue, forKey: .method)
            var weights = container.nestedContainer(keyedBy: Name.self, forKey: .weights)
            for term in average.terms {
                try weights.encode(term.weight, forKey: Name(stringValue: term.input))
            }
        case .layerSwap(let swap):
            try container.encode(MergeKind.layerSwap.rawValue, forKey: .method)
            if let coefficients = swap.coefficients {
                try container.encode(coefficients, forKey: .coefficients)
            } else {
                try container.encode(swap.bottom, forKey: .bottom)
                try container.encode(swap.top, forKey: .top)
                try container.encode(swap.bottomTransition, forKey: .bottomTransition)
                try container.encode(swap.topTransition, forKey: .topTransition)
                try container.encode(swap.transition.rawValue, forKey: .transition)
            }
            try container.encode(swap.embeddings.rawValue, forKey: .embeddings)
            try container.encode(swap.finalNorm.rawValue, forKey: .finalNorm)
            try container.encodeIfPresent(swap.head?.rawValue, forKey: .head)
        }
    }
}
