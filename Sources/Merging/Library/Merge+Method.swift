import MergeMethods
import Transformer

extension Merge {
    /// How models are merged.
    ///
    /// Layer swap takes the models `math` and `language`; methods on task vectors take `base` too.
    /// Every other model has the name that you give it.
    public struct Method: Sendable {
        private enum Choice: Sendable {
            case fixed(MergeMethod)
            /// The paper's zones, which depend on the depth.
            case published
        }

        private let choice: Choice

        init(_ method: MergeMethod) { choice = .fixed(method) }

        private init(_ choice: Choice) { self.choice = choice }

        func resolved(layerCount: Int) -> MergeMethod {
            switch choice {
            case .fixed(let method): method
            case .published: .layerSwap(.defaults(layerCount: layerCount))
            }
        }

        /// Layer swap with the published zones, 5, 2, 1 and 1 at 32 layers, scaled with depth
        /// (Bandarkar et al., arXiv 2410.01335).
        public static let layerSwap = Method(.published)

        /// Layer swap: the language expert at the bottom and the top, the math expert in the middle.
        ///
        /// - Parameters:
        ///   - bottom: Layers of the language expert at the input.
        ///   - top: Layers of the language expert at the output.
        ///   - bottomTransition: Averaged layers above the bottom.
        ///   - topTransition: Averaged layers below the top.
        /// - Returns: The method; embeddings, final norm and head come from the language expert.
        public static func layerSwap(
            bottom: Int,
            top: Int,
            bottomTransition: Int = 0,
            topTransition: Int = 0
        ) -> Method {
            Method(
                .layerSwap(
                    LayerSwap(
                        bottom: bottom,
                        top: top,
                        bottomTransition: bottomTransition,
                        topTransition: topTransition
                    )
                )
            )
        }

        /// Layer swap with one coefficient a layer.
        ///
        /// - Parameter languageWeights: The weight of the language expert in each layer, from the
        ///   input to the output, each from 0 to 1; the rest is the math expert's.
        /// - Returns: The method.
        public static func layerSwap(languageWeights: [Double]) -> Method {
            Method(.layerSwap(LayerSwap(bottom: 0, top: 0, coefficients: languageWeights)))
        }

        /// The weighted average Σ w_i θ_i / Σ w_i.
        public static func average(_ weights: [String: Double]) -> Method {
            Method(.average(WeightedAverage(terms(weights))))
        }

        /// Along the arc between two models, tensor by tensor (Shoemake, 1985).
        ///
        /// - Parameters:
        ///   - first: The model at the share 0.
        ///   - second: The model at the share 1.
        ///   - share: How far the result is on the way to the second, from 0 to 1.
        /// - Returns: The method.
        public static func slerp(from first: String, to second: String, share: Double) -> Method {
            Method(.slerp(Slerp([MergeTerm(first, 1 - share), MergeTerm(second, share)])))
        }

        /// The base and what training changed, θ_0 + λ Σ w_i τ_i with trimmed τ_i = θ_i − θ_0.
        ///
        /// - Parameters:
        ///   - kind: Which entries are trimmed, and whether signs are elected.
        ///   - weights: The weights of the models, without the base.
        ///   - lambda: λ.
        ///   - seed: The seed of all randomness, for the methods that use it.
        /// - Returns: The method with the published numbers of its kind.
        public static func taskVectors(
            _ kind: TaskVectorKind,
            _ weights: [String: Double],
            lambda: Double = 1,
            seed: UInt64 = 1
        ) -> Method {
            var merge = TaskVectorMerge(kind.kind, terms(weights), seed: seed)
            merge.lambda = lambda
            return Method(.taskVectors(merge))
        }

        /// Between the base and the mean of the models (Jang et al., arXiv 2403.19522).
        public static func modelStock(_ models: [String]) -> Method {
            Method(.modelStock(ModelStock(models)))
        }

        /// One model with some of its layers as they are in the base.
        public static func revert(_ model: String, layers: ClosedRange<Int>) -> Method {
            Method(.revert(Revert(model, reverted: ParameterSelection([.layers(layers)]))))
        }

        /// Models and weights in alphabetical order.
        static func terms(_ weights: [String: Double]) -> [MergeTerm] {
            weights.sorted { $0.key < $1.key }.map { MergeTerm($0.key, $0.value) }
        }
    }
}
