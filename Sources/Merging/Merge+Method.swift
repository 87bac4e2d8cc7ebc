import MergeMethods
import Transformer

extension Merge {
    /// How models are merged: a layer swap, or any other method by its name.
    public struct Method: Sendable {
        /// The method for models of an architecture.
        let resolve: @Sendable (CheckpointArchitecture) throws -> MergeMethod

        init(_ resolve: @escaping @Sendable (CheckpointArchitecture) throws -> MergeMethod) {
            self.resolve = resolve
        }
    }

    /// Where the embeddings, the final norm or the output head of a layer swap come from.
    public enum Owner: Hashable, Sendable {
        /// The language expert.
        case language
        /// The math expert.
        case math
        /// The model that both experts were trained from.
        case base
        /// Both experts; the value is the weight of the language expert, from 0 to 1.
        case blend(Double)

        fileprivate var owner: TensorOwner {
            switch self {
            case .language: .language
            case .math: .math
            case .base: .base
            case .blend(let weight): .blend(weight)
            }
        }
    }
}

extension Merge.Method {
    /// Layers of the model `language` around layers of the model `math` (arXiv 2410.01335).
    ///
    /// - Parameters:
    ///   - bottom: Layers of the language expert at the input. Zones that are left out have the
    ///     published widths, scaled with the depth of the models.
    ///   - top: Layers of the language expert at the output.
    ///   - bottomTransition: Averaged layers above the bottom.
    ///   - topTransition: Averaged layers below the top.
    ///   - embeddings: Where the token embeddings come from.
    ///   - finalNorm: Where the gain of the final norm comes from.
    ///   - head: Where the output head comes from; nil for where the embeddings come from.
    /// - Returns: The method.
    public static func layerSwap(
        bottom: Int? = nil,
        top: Int? = nil,
        bottomTransition: Int? = nil,
        topTransition: Int? = nil,
        embeddings: Merge.Owner = .language,
        finalNorm: Merge.Owner = .language,
        head: Merge.Owner? = nil
    ) -> Self {
        Self { architecture in
            var swap = LayerSwap.defaults(layerCount: architecture.layerCount)
            swap.bottom = bottom ?? swap.bottom
            swap.top = top ?? swap.top
            swap.bottomTransition = bottomTransition ?? swap.bottomTransition
            swap.topTransition = topTransition ?? swap.topTransition
            swap.embeddings = embeddings.owner
            swap.finalNorm = finalNorm.owner
            swap.head = head?.owner
            return .layerSwap(swap)
        }
    }

    /// A mixture of the models `language` and `math` with a weight for each layer.
    ///
    /// - Parameters:
    ///   - languageWeights: The weight of the language expert in each layer, from 0 to 1; 0 and 1
    ///     copy the layer of one expert.
    ///   - embeddings: Where the token embeddings come from.
    ///   - finalNorm: Where the gain of the final norm comes from.
    ///   - head: Where the output head comes from; nil for where the embeddings come from.
    /// - Returns: The method.
    public static func layerSwap(
        languageWeights: [Double],
        embeddings: Merge.Owner = .language,
        finalNorm: Merge.Owner = .language,
        head: Merge.Owner? = nil
    ) -> Self {
        Self { architecture in
            var swap = LayerSwap.defaults(layerCount: architecture.layerCount)
            swap.coefficients = languageWeights
            swap.embeddings = embeddings.owner
            swap.finalNorm = finalNorm.owner
            swap.head = head?.owner
            return .layerSwap(swap)
        }
    }

    /// One model with some of its layers as they are in the model `base` (arXiv 2505.18356).
    ///
    /// - Parameters:
    ///   - model: The name of the model.
    ///   - layers: The layers of the base, counted from 0 at the input.
    /// - Returns: The method.
    public static func revert(_ model: String, layers: ClosedRange<Int>) -> Self {
        Self { _ in .revert(Revert(model, reverted: ParameterSelection([.layers(layers)]))) }
    }
}
