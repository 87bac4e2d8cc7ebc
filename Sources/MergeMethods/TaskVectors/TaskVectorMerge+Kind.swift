extension TaskVectorMerge {
    /// The published ways to merge task vectors.
    package enum Kind: String, CaseIterable, Codable, Sendable {
        /// θ_0 + λ Σ w_i τ_i (Ilharco et al., arXiv 2212.04089).
        ///
        /// Weights are never divided by their sum; a negative one makes the base forget. With
        /// weights that sum to one and λ = 1 it is the weighted average.
        case taskArithmetic = "task-arithmetic"
        /// The sum of the largest changes of each model, without a vote on their sign.
        case trimmed
        /// The largest changes that agree in sign, averaged (Yadav et al., arXiv 2306.01708).
        ///
        /// The share is taken in each tensor, where the paper takes it in the whole task vector:
        /// tensors that are far apart in scale all take part then.
        case ties
        /// Entries dropped at random, the others enlarged (Yu et al., arXiv 2311.03099).
        ///
        /// Its expectation is task arithmetic with the same weights.
        case dare
        /// DARE with the election of TIES; what agrees is added.
        case dareTies = "dare-ties"
        /// As DARE, small entries of a row dropped more often than large ones, then the election of
        /// TIES and the average (Deep et al., arXiv 2406.11617).
        case della
        /// DELLA's trimming, added up.
        case dellaLinear = "della-linear"
        /// The largest and the smallest changes dropped, the rest added up (Davari and Belilovsky,
        /// arXiv 2312.06795).
        case breadcrumbs
        /// Breadcrumbs with the election of TIES; what agrees is added.
        case breadcrumbsTies = "breadcrumbs-ties"

        /// Which entries are dropped, with the published numbers.
        package func trimming(seed: UInt64) -> Trimming {
            switch self {
            case .taskArithmetic: .none
            case .trimmed, .ties: .largest(density: 0.2)
            case .dare, .dareTies: .random(density: 0.5, seed: seed)
            case .della, .dellaLinear: .ranked(density: 0.5, epsilon: 0.1, seed: seed)
            case .breadcrumbs, .breadcrumbsTies: .band(density: 0.85, gamma: 0.01)
            }
        }

        /// Whether entries must have the sign of their weighted sum.
        var electsSign: Bool {
            switch self {
            case .ties, .dareTies, .della, .breadcrumbsTies: true
            default: false
            }
        }

        /// Whether what agrees is averaged, and not added.
        package var isNormalized: Bool { self == .ties || self == .della }

        /// Whether kept entries are enlarged, so that full weights lead far from the base.
        var enlarges: Bool {
            switch self {
            case .dare, .dareTies, .dellaLinear: true
            default: false
            }
        }

        /// The weight of each of n models when none is given.
        ///
        /// 1, except that methods that add enlarged entries take 1/n, which makes their
        /// expectation the average of the changes.
        package func standardWeight(of count: Int) -> Double { enlarges ? 1 / Double(count) : 1 }

        /// The name as it stands in formulas; empty for a plain sum.
        var shortName: String {
            switch self {
            case .taskArithmetic: ""
            case .trimmed: "trimmed"
            case .ties: "TIES"
            case .dare: "DARE"
            case .dareTies: "DARE-TIES"
            case .della: "DELLA"
            case .dellaLinear: "linear DELLA"
            case .breadcrumbs: "breadcrumbs"
            case .breadcrumbsTies: "breadcrumbs-TIES"
            }
        }

        /// What the method does, in one line.
        package var summary: String {
            switch self {
            case .taskArithmetic: "the base plus the weighted sum of what training changed"
            case .trimmed: "the base plus the sum of the largest changes of each model"
            case .ties: "the base plus the largest changes of each model that agree in sign"
            case .dare: "the base plus changes of which a random part is dropped, the rest enlarged"
            case .dareTies: "DARE, of whose entries only those count that agree in sign"
            case .della: "as dare-ties, small changes of a row dropped more often, then averaged"
            case .dellaLinear: "della without the vote on signs: what is kept is added up"
            case .breadcrumbs: "the base plus changes without the largest and the smallest ones"
            case .breadcrumbsTies:
                "breadcrumbs, of whose entries only those count that agree in sign"
            }
        }
    }
}
