/// How models become one.
package enum MergeKind: String, Encodable, CaseIterable, Sendable {
    /// Layers of the language expert around layers of the math expert.
    case layerSwap = "layer_swap"
    /// The weighted mean of both experts, and of the base if it is given a weight.
    case linear
}

/// What stands between the layers of two experts.
package enum TransitionKind: String, Encodable, CaseIterable, Sendable {
    /// The transition layers belong to the language expert.
    case none
    /// The transition layers are a mean with fixed weights.
    case constant
    /// The weights move evenly from one expert to the other.
    case linear
}

/// Whose tensor is taken where no layer decides: embeddings, final norm and head.
package enum TensorOwner: Hashable, Sendable, Encodable {
    /// The tensor of the language expert, of the math expert or of the base, as it is.
    case language, math, base
    /// The mean, with this share of the language expert and the rest of the math expert.
    case blend(Double)

    init(_ value: RecipeValue) throws {
        enum Name: String, CaseIterable { case language, math, base, blend }
        if let share = try? value.number() {
            guard (0...1).contains(share) else {
                throw value.error("found \(share), expected a share of language from 0 to 1")
            }
            self = .blend(share)
            return
        }
        switch try value.choice(of: Name.self) {
        case .language: self = .language
        case .math: self = .math
        case .base: self = .base
        case .blend: self = .blend(0.5)
        }
    }

    /// Writes the name, or the share of a blend.
    package func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        switch self {
        case .language: try container.encode("language")
        case .math: try container.encode("math")
        case .base: try container.encode("base")
        case .blend(let share): try container.encode(share)
        }
    }
}

/// One merge of a recipe.
package struct MergeSettings: Encodable, Hashable, Sendable {
    /// The method.
    package var method: MergeKind
    /// Layers at the bottom from the language expert.
    package var bottom: Int?
    /// Layers at the top from the language expert.
    package var top: Int?
    /// Transition layers above the bottom.
    package var bottomTransition: Int?
    /// Transition layers below the top.
    package var topTransition: Int?
    /// What the transition layers are.
    package var transition: TransitionKind?
    /// The language expert's share in a constant transition.
    package var transitionShare: Double?
    /// The language expert's share of every layer, in place of zones.
    package var coefficients: [Double]?
    /// Owner of the embeddings.
    package var embeddings: TensorOwner?
    /// Owner of the final norm.
    package var finalNorm: TensorOwner?
    /// Owner of the output head.
    package var head: TensorOwner?
    /// Weights of a linear merge by model.
    package var weights: Named<Double>?

    enum CodingKeys: String, RecipeKey {
        case method, bottom, top
        case bottomTransition = "bottom_transition"
        case topTransition = "top_transition"
        case transition
        case transitionShare = "transition_share"
        case coefficients, embeddings
        case finalNorm = "final_norm"
        case head, weights
    }
}
