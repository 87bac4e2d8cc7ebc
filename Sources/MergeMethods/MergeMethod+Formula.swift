extension MergeMethod.Kind {
    /// The rule, for each tensor; θ_0 is the base, θ_i are the models, w_i their weights, and
    /// τ_i = θ_i − θ_0.
    package var formula: String {
        switch self {
        case .layerSwap:
            "layer l: w_l θ_language + (1 − w_l) θ_math, where zones or coefficients give w_l"
        case .average: "Σ w_i θ_i / Σ w_i"
        case .slerp: "sin((1 − t) φ) / sin φ · θ_1 + sin(t φ) / sin φ · θ_2, where φ is their angle"
        case .taskVectors(let kind): kind.formula
        case .modelStock: "t · mean + (1 − t) θ_0, t = N cos / (1 + (N − 1) cos)"
        case .revert: "θ_0 in the named parts, θ elsewhere"
        case .dataWeighted(.fisher): "Σ w_i F_i θ_i / Σ w_i F_i, F_i the mean squared gradient"
        case .dataWeighted(.regressionMean): "(Σ w_i W_i G_i) (Σ w_i G_i)⁻¹, G_i = X_iᵀ X_i"
        case .tensorwise(let kind): kind.formula
        case .mergekit: "as the file says"
        }
    }

    /// Where it was published.
    package var reference: String {
        switch self {
        case .layerSwap: "Bandarkar et al., arXiv 2410.01335"
        case .average: "Wortsman et al., arXiv 2203.05482"
        case .slerp: "Shoemake, SIGGRAPH 1985"
        case .taskVectors(let kind): kind.reference
        case .modelStock: "Jang et al., arXiv 2403.19522"
        case .revert: "Bandarkar and Peng, arXiv 2505.18356"
        case .dataWeighted(.fisher): "Matena and Raffel, arXiv 2111.09832"
        case .dataWeighted(.regressionMean): "Jin et al., arXiv 2212.09849"
        case .tensorwise(let kind): kind.reference
        case .mergekit: "Goddard et al., arXiv 2403.13257"
        }
    }
}

extension TaskVectorMerge.Kind {
    /// The rule, for each tensor.
    fileprivate var formula: String {
        switch self {
        case .taskArithmetic: "θ_0 + λ Σ w_i τ_i"
        case .trimmed: "θ_0 + λ Σ w_i τ_i with the largest share of each τ_i alone"
        case .ties:
            "θ_0 + λ times the mean of the largest shares that agree with the sign of Σ w_i τ_i"
        case .dare: "θ_0 + λ Σ w_i τ_i with each entry kept by chance p and divided by p"
        case .dareTies: "as dare, added up where entries agree with the sign of the sum"
        case .della: "as ties, entries kept by a chance that rises with their rank in the row"
        case .dellaLinear: "as della without the vote on signs"
        case .breadcrumbs: "θ_0 + λ Σ w_i τ_i without the largest and the smallest entries"
        case .breadcrumbsTies:
            "as breadcrumbs, added up where entries agree with the sign of the sum"
        }
    }

    fileprivate var reference: String {
        switch self {
        case .taskArithmetic: "Ilharco et al., arXiv 2212.04089"
        case .trimmed, .ties: "Yadav et al., arXiv 2306.01708"
        case .dare, .dareTies: "Yu et al., arXiv 2311.03099"
        case .della, .dellaLinear: "Deep et al., arXiv 2406.11617"
        case .breadcrumbs, .breadcrumbsTies: "Davari and Belilovsky, arXiv 2312.06795"
        }
    }
}
