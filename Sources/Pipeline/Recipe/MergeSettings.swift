import Merging

/// One merge of a recipe.
package struct MergeSettings: Hashable, Sendable {
    /// What is done.
    package var method: MergeMethod
    /// The training stage that plays each part; the parts are the names that `method` uses.
    ///
    /// Parts that nothing is read from are left out.
    package var inputs: [String: String]

    enum CodingKeys: String, RecipeKey {
        case method, language, math, base, pattern, direction, bottom, top
        case bottomTransition = "bottom_transition"
        case topTransition = "top_transition"
        case transition, coefficients, tensors, embeddings
        case finalNorm = "final_norm"
        case head, weights, density, lambda, seed
    }

    /// Reads a merge of models of a given shape; zones that are left out scale with the depth.
    ///
    /// - Parameters:
    ///   - value: The mapping.
    ///   - layers: The depth of the models.
    ///   - tiedHead: Whether their output head is the embedding matrix.
    ///   - models: The names of the training stages, which can take part.
    /// - Throws: `RecipeError`.
    init(_ value: RecipeValue, layers: Int, tiedHead: Bool, models: [String]) throws {
        let reader = try MappingReader(value, keys: CodingKeys.self)
        let kind: MergeMethod.Kind = try reader.required(.method, "how the models become one")
            .choice()
        let (keys, rule) = Self.keys(of: kind)
        for key in CodingKeys.allCases where key != .method && !keys.contains(key) {
            if let value = reader.optional(key) {
                throw value.error("the key has no use here: \(rule)")
            }
        }
        let source = Source(reader: reader, models: models)
        switch kind {
        case .layerSwap:
            let swap = try Self.layerSwap(reader, layers, tiedHead)
            method = .layerSwap(swap)
            inputs = try source.experts(withBase: swap.readsBase)
        case .average:
            let terms = try source.terms(smallest: 0)
            method = .average(
                try terms.map { WeightedAverage($0) } ?? .uniform(of: source.experts())
            )
            inputs = try source.inputs(of: method)
        case .taskArithmetic:
            let terms = try source.terms(smallest: -Source.largestWeight)
            var merge = try terms.map { TaskArithmetic($0) } ?? .uniform(of: source.experts())
            merge.lambda = try source.lambda(default: merge.lambda)
            method = .taskArithmetic(merge)
            inputs = try source.inputs(of: method)
        case .ties:
            let terms = try source.terms(smallest: 0)
            var merge = try terms.map { TIES($0) } ?? .uniform(of: source.experts())
            merge.density = try source.density(default: merge.density)
            merge.lambda = try source.lambda(default: merge.lambda)
            method = .ties(merge)
            inputs = try source.inputs(of: method)
        case .dare:
            let terms = try source.terms(smallest: -Source.largestWeight)
            let seed = try reader.optional(.seed)?.seed() ?? Self.standardSeed
            var merge =
                try terms.map { DARE($0, seed: seed) }
                ?? .uniform(of: source.experts(), seed: seed)
            merge.density = try source.density(default: merge.density)
            merge.lambda = try source.lambda(default: merge.lambda)
            method = .dare(merge)
            inputs = try source.inputs(of: method)
        }
    }

    /// The seed of a merge that uses chance and names none.
    static let standardSeed: UInt64 = 1

    /// The keys that have a use, and why others have none.
    private static func keys(of kind: MergeMethod.Kind) -> (Set<CodingKeys>, String) {
        switch kind {
        case .layerSwap:
            let others: Set<CodingKeys> = [.weights, .density, .lambda]
            return (
                Set(CodingKeys.allCases).subtracting(others),
                "a layer swap has zones, a pattern or coefficients"
            )
        case .average: return ([.weights], "an average has weights only")
        case .taskArithmetic:
            return (
                [.weights, .lambda, .base],
                "task arithmetic has weights, lambda and a base only"
            )
        case .ties:
            return (
                [.weights, .density, .lambda, .base],
                "TIES has weights, density, lambda and a base only"
            )
        case .dare:
            return (
                [.weights, .density, .lambda, .seed, .base],
                "DARE has weights, density, lambda, a seed and a base only"
            )
        }
    }
}
