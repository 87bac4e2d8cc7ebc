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
                    try terms(smallest: 0) ?? experts().map { MergeTerm($0, 0.5) },
                    readsBase: try reader.boolean(.taskVectors, default: false),
                    extent: try reader.choice(.extent, default: .whole)
                )
            )
        case .multislerp:
            return .multislerp(
                MultiSlerp(
                    try terms(smallest: 0) ?? experts().map { MergeTerm($0, 1) },
                    readsBase: try reader.boolean(.taskVectors, default: false),
                    isNormalized: try reader.boolean(.normalize, default: true),
                    epsilon: try epsilon(default: MultiSlerp.standardEpsilon)
                )
            )
        case .karcher:
            return .karcher(
                KarcherMean(
                    try list() ?? experts(),
                    iterations: try reader.integer(
                        .iterations,
                        default: KarcherMean.standardIterations,
                        in: 0...100_000
                    ),
                    tolerance: try reader.number(
                        .tolerance,
                        default: KarcherMean.standardTolerance,
                        in: 0...1,
                        "an angle from 0 to 1"
                    )
                )
            )
        case .sce:
            return .sce(
                SelectedChanges(
                    try list() ?? experts(),
                    density: try reader.number(
                        .density,
                        default: 1,
                        in: 0...1,
                        "a share from 0 to 1"
                    )
                )
            )
        case .nearswap:
            let distance = try reader.required(.distance, "how far the base moves at most")
                .number(in: 0...Self.largestWeight, "a distance from 0 to 1000000")
            return .nearswap(NearSwap(try reverted(), distance: distance))
        case .arceeFusion: return .arceeFusion(ArceeFusion(try reverted()))
        case .ram, .ramPlus:
            let factors = -Self.largestWeight...Self.largestWeight
            return .ram(
                AgentMerge(
                    try list() ?? experts(),
                    epsilon: try epsilon(default: AgentMerge.standardEpsilon),
                    gain: kind == .ram
                        ? nil
                        : try reader.number(
                            .gain,
                            default: AgentMerge.standardGain,
                            in: factors,
                            "a factor from -1000000 to 1000000"
                        ),
                    limit: try reader.number(
                        .limit,
                        default: AgentMerge.standardLimit,
                        in: 0...Self.largestWeight,
                        "a ratio from 0 to 1000000"
                    )
                )
            )
        }
    }

    private func epsilon(default standard: Double) throws -> Double {
        try reader.number(.epsilon, default: standard, in: 0...1, "a small number from 0 to 1")
    }
}
