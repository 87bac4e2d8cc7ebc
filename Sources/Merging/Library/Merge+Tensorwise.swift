import MergeMethods

extension Merge.Method {
    /// The published ways to merge task vectors.
    public enum TaskVectorKind: String, CaseIterable, Sendable {
        /// Nothing is trimmed (Ilharco et al., arXiv 2212.04089).
        case taskArithmetic = "task-arithmetic"
        /// The largest changes, without an election of signs.
        case trimmed
        /// The largest changes that agree in sign, averaged (Yadav et al., arXiv 2306.01708).
        case ties
        /// Entries dropped at random, the others enlarged (Yu et al., arXiv 2311.03099).
        case dare
        /// DARE with the election of TIES.
        case dareTies = "dare-ties"
        /// Small entries dropped more often, with election (Deep et al., arXiv 2406.11617).
        case della
        /// DELLA without election.
        case dellaLinear = "della-linear"
        /// The largest and the smallest changes dropped (Davari and Belilovsky, arXiv 2312.06795).
        case breadcrumbs
        /// Breadcrumbs with the election of TIES.
        case breadcrumbsTies = "breadcrumbs-ties"

        var kind: TaskVectorMerge.Kind {
            switch self {
            case .taskArithmetic: .taskArithmetic
            case .trimmed: .trimmed
            case .ties: .ties
            case .dare: .dare
            case .dareTies: .dareTies
            case .della: .della
            case .dellaLinear: .dellaLinear
            case .breadcrumbs: .breadcrumbs
            case .breadcrumbsTies: .breadcrumbsTies
            }
        }
    }

    /// The arc between two models, by weight (mergekit's `nuslerp`).
    public static func nuslerp(_ weights: [String: Double]) -> Merge.Method {
        Merge.Method(.tensorwise(.nuslerp(NuSlerp(terms(weights)))))
    }

    /// The mean direction of any number of models, by weight (mergekit's `multislerp`).
    public static func multislerp(_ weights: [String: Double]) -> Merge.Method {
        Merge.Method(.tensorwise(.multislerp(MultiSlerp(terms(weights)))))
    }

    /// The direction nearest to those of all models (Karcher, 1977).
    public static func karcher(_ models: [String]) -> Merge.Method {
        Merge.Method(.tensorwise(.karcher(KarcherMean(models))))
    }

    /// Changes by their size, where models differ most (Wan et al., arXiv 2408.07990).
    ///
    /// - Parameters:
    ///   - models: The models, without the base.
    ///   - density: The share of entries that is taken, above 0 and at most 1.
    /// - Returns: The method.
    public static func sce(_ models: [String], density: Double = 1) -> Merge.Method {
        Merge.Method(.tensorwise(.sce(SelectedChanges(models, density: density))))
    }

    /// The base, drawn to a model where both are near each other (mergekit's `nearswap`).
    public static func nearswap(_ model: String, distance: Double) -> Merge.Method {
        Merge.Method(.tensorwise(.nearswap(NearSwap(model, distance: distance))))
    }

    /// The most important changes of one model (mergekit's `arcee_fusion`).
    public static func arceeFusion(_ model: String) -> Merge.Method {
        Merge.Method(.tensorwise(.arceeFusion(ArceeFusion(model))))
    }

    /// Changes of one model alone kept whole, those of several averaged (arXiv 2601.13572).
    public static func ram(_ models: [String]) -> Merge.Method {
        Merge.Method(.tensorwise(.ram(AgentMerge(models))))
    }
}
