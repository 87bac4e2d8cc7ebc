import MergeMethods

extension MergeSettings {
    /// The keys of a method by norms, angles or largest changes.
    static func tensorwiseKeys(of kind: TensorwiseMerge.Kind) -> [CodingKeys] {
        switch kind {
        case .nuslerp: [.weights, .extent, .taskVectors, .base]
        case .multislerp: [.weights, .normalize, .epsilon, .taskVectors, .base]
        case .karcher: [.models, .iterations, .tolerance]
        case .sce: [.models, .density, .base]
        case .nearswap: [.model, .distance, .base]
        case .arceeFusion: [.model, .base]
        case .ram: [.models, .epsilon, .base]
        case .ramPlus: [.models, .epsilon, .gain, .limit, .base]
        }
    }
}

extension MergeSettings.Source {
    /// A method by norms, angles or largest changes, with the numbers that are given and mergekit's
    /// others.
    func tensorwise(_ kind: TensorwiseMerge.Kind) throws -> TensorwiseMerge {
        switch kind {
        case .nuslerp:
            return .nuslerp(
                NuSlerp(
                    try terms() ?? experts().map { MergeTerm($0, 0.5) },
                    readsBase: try parameters.standardized(.taskVectors),
                    extent: try parameters.standardChoice(.extent)
                )
            )
        case .multislerp:
            return .multislerp(
                MultiSlerp(
                    try terms() ?? experts().map { MergeTerm($0, 1) },
                    readsBase: try parameters.standardized(.taskVectors),
                    isNormalized: try parameters.value(.normalize) ?? true,
                    epsilon: try parameters.value(.epsilon) ?? MultiSlerp.standardEpsilon
                )
            )
        case .karcher:
            return .karcher(
                KarcherMean(
                    try list() ?? experts(),
                    iterations: try parameters.standardized(.iterations),
                    tolerance: try parameters.standardized(.tolerance)
                )
            )
        case .sce:
            // Without any change the result is the base, which mergekit allows.
            let density: Double? = try parameters.value(.density, in: .share)
            return .sce(SelectedChanges(try list() ?? experts(), density: density ?? 1))
        case .nearswap:
            let distance: Double = try parameters.required(
                .distance,
                "how far the base moves at most"
            )
            return .nearswap(NearSwap(try model(), distance: distance))
        case .arceeFusion: return .arceeFusion(ArceeFusion(try model()))
        case .ram, .ramPlus:
            return .ram(
                AgentMerge(
                    try list() ?? experts(),
                    epsilon: try parameters.value(.epsilon) ?? AgentMerge.standardEpsilon,
                    gain: kind == .ram ? nil : try parameters.standardized(.gain),
                    limit: try parameters.standardized(.limit)
                )
            )
        }
    }
}
