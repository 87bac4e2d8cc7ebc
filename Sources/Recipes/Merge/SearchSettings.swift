import MergeMethods
import Merging
import RecipeDocuments

/// How the coefficients of a layer swap are searched for on development problems.
package struct SearchSettings: Hashable, Encodable, Sendable {
    /// The ways to search.
    package enum Strategy: String, CaseIterable, Encodable, Sendable {
        /// Layer by layer, every level for each (`GreedySearch`).
        case greedy
        /// An evolution strategy (`CovarianceSearch`).
        case evolution = "cma-es"
    }

    /// How candidates are found.
    package var strategy: Strategy
    /// The most candidates that are scored.
    package var budget: Int
    /// Whether each layer has a coefficient, or its attention and its feed-forward network each.
    package var granularity: LayerSwap.Granularity
    /// The values that the greedy search tries.
    package var levels: [Double]
    /// The seed of the evolution strategy.
    package var seed: UInt64

    enum Keys: String, DescribedKey {
        case strategy, budget, granularity, levels, seed

        static let places = ["merges.NAME.search"]

        var entry: KeyEntry {
            switch self {
            case .strategy:
                .choice(KeyDefault<Strategy>.required("greedy or cma-es")).meaning(
                    "How candidates are found."
                )
            case .budget:
                .whole(1...100_000, .required("how many candidates are scored at most")).meaning(
                    "The most candidates that are scored."
                ).written(as: "40")
            case .granularity:
                .choice(.value(LayerSwap.Granularity.layer)).meaning(
                    "Whether each layer has a coefficient, or its attention and its feed-forward "
                        + "network each."
                )
            case .levels:
                .numbers(
                    "a list of coefficients",
                    each: NumberRange("coefficient", 0...1),
                    .value([0, 0.5, 1])
                ).meaning("The values that the greedy search tries.")
            case .seed:
                .seed(.value(MergeSettings.standardSeed)).meaning(
                    "The seed of the evolution strategy."
                )
            }
        }
    }

    /// Reads the settings.
    ///
    /// - Throws: `RecipeError`.
    package init(_ value: RecipeValue) throws {
        let reader = try MappingReader(value, keys: Keys.self)
        strategy = try reader.choice(.strategy)
        budget = try reader.value(.budget)
        granularity = try reader.choice(.granularity)
        let unused: (Keys, String) =
            strategy == .greedy
            ? (.seed, "the greedy search uses no random numbers")
            : (.levels, "the evolution strategy draws numbers between 0 and 1")
        if let value = reader.optional(unused.0) {
            throw value.error("the key does not apply here: \(unused.1)")
        }
        levels = try reader.value(.levels)
        if levels.isEmpty { throw value.error("levels: found an empty list") }
        seed = try reader.value(.seed)
    }

    /// Writes the keys that matter to the strategy.
    package func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: Keys.self)
        try container.encode(strategy, forKey: .strategy)
        try container.encode(budget, forKey: .budget)
        try container.encode(granularity.rawValue, forKey: .granularity)
        switch strategy {
        case .greedy: try container.encode(levels, forKey: .levels)
        case .evolution: try container.encode(seed, forKey: .seed)
        }
    }

    // MARK: Candidates

    /// The search, which begins at the weights of a swap.
    ///
    /// - Parameters:
    ///   - swap: The swap whose weights are the first candidate of the greedy search, and the
    ///     mean of the evolution strategy's first generation.
    ///   - layerCount: The depth of the models.
    /// - Returns: A search that has not begun.
    package func search(from swap: LayerSwap, layerCount: Int) -> any CoefficientSearch {
        let attention = swap.languageWeights(layerCount: layerCount)
        let start =
            granularity == .layer ? attention : attention + (swap.mlpCoefficients ?? attention)
        return switch strategy {
        case .greedy: GreedySearch(from: start, levels: levels)
        case .evolution: CovarianceSearch(from: start, seed: seed)
        }
    }

    /// The swap with the coefficients of a candidate.
    package func swap(_ swap: LayerSwap, with candidate: [Double]) -> LayerSwap {
        var swap = swap
        swap.pattern = .zones
        swap.direction = .languageOutside
        switch granularity {
        case .layer:
            swap.coefficients = candidate
            swap.mlpCoefficients = nil
        case .module:
            swap.coefficients = Array(candidate.prefix(candidate.count / 2))
            swap.mlpCoefficients = Array(candidate.suffix(candidate.count / 2))
        }
        return swap
    }
}
