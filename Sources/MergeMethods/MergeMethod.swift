/// A way of making one model out of several.
///
/// A method says where each tensor comes from (`MergeSource`) and nothing about files or memory.
/// A new method is a case here and, when its arithmetic is new, a case of `TensorCombination`.
package enum MergeMethod: Hashable, Sendable {
    /// Outer layers of one expert around middle layers of another.
    case layerSwap(LayerSwap)
    /// The weighted average of all tensors.
    case average(WeightedAverage)
    /// Along the arc between two models.
    case slerp(Slerp)
    /// The base and what training changed, trimmed and added up in one of many ways.
    case taskVectors(TaskVectorMerge)
    /// Between the base and the mean of the experts.
    case modelStock(ModelStock)
    /// One model with parts as they were before training.
    case revert(Revert)
    /// An average by what the models' data say.
    case dataWeighted(DataWeightedAverage)
    /// By norms, angles or largest changes, tensor by tensor.
    case tensorwise(TensorwiseMerge)
    /// What a configuration file of mergekit says.
    case mergekit(MergekitMerge)

    /// The statistics that must be gathered for it, and from how many sequences; nil for none.
    package var statistics: (kind: DataWeightedAverage.Kind, sequences: Int)? {
        if case .dataWeighted(let method) = self { return (method.kind, method.sequences) }
        return nil
    }

    /// The name in recipes and reports.
    package var name: String { kind.rawValue }

    /// The settings in one line.
    package var summary: String {
        switch self {
        case .layerSwap(let swap): "layer swap: \(swap.summary)"
        case .average(let average): "average: \(MergeSource.mix(average.terms))"
        case .slerp(let method): "SLERP: \(method.formula)"
        case .taskVectors(let method):
            "\(method.kind.rawValue): \(method.formula)"
                + (method.trimming.seed.map { ", seed \($0)" } ?? "")
        case .modelStock(let method): "model stock: \(method.formula)"
        case .revert(let method): "\(method.model) with \(method.reverted.text) of the base"
        case .dataWeighted(let method): method.formula
        case .tensorwise(let merge): "\(merge.kind.rawValue): \(merge.formula)"
        case .mergekit(let merge): merge.summary
        }
    }

    /// The name of a model in the file that describes the merge, or in the merge.
    package func ownName(of input: String) -> String {
        if case .mergekit(let merge) = self { merge.ownName(of: input) } else { input }
    }

    /// What people call a model of the merge, which is its name unless a file has another for it.
    package func title(of input: String) -> String {
        if case .mergekit(let merge) = self { merge.title(of: input) } else { input }
    }

    /// Checks the settings against the shape of the models.
    ///
    /// - Throws: `LayerSwapError`, `WeightedAverageError`, `TaskVectorError`, `ModelStockError`,
    ///   `RevertError`, `TensorwiseError`, `MergekitError`.
    package func check(_ architecture: CheckpointArchitecture) throws {
        switch self {
        case .layerSwap(let swap):
            try swap.check(layerCount: architecture.layerCount, tiedHead: architecture.tiedHead)
        case .average(let average): try average.check()
        case .slerp(let method): try method.check()
        case .taskVectors(let method): try method.check()
        case .modelStock(let method): try method.check()
        case .revert(let method): try method.check(architecture)
        case .dataWeighted(let method): try method.check()
        case .tensorwise(let merge): try merge.check()
        case .mergekit(let merge): try merge.check(architecture)
        }
    }

    /// Where the tensors of an architecture come from, once `check` has passed.
    package func sources(in architecture: CheckpointArchitecture) -> [MergeSource] {
        func all(_ source: MergeSource) -> [MergeSource] {
            architecture.tensors.map { _ in source }
        }
        switch self {
        case .layerSwap(let swap): return swap.sources(in: architecture)
        case .average(let average): return all(.mix(average.terms))
        case .slerp(let method): return all(method.source)
        case .taskVectors(let method):
            return all(.combine(.taskVectors(method.withoutIdleTerms)))
        case .modelStock(let method): return all(.combine(.modelStock(method)))
        case .revert(let method): return architecture.tensors.map { method.source(of: $0) }
        case .dataWeighted(let method):
            return architecture.tensors.map {
                method.source(of: $0, tiedHead: architecture.tiedHead)
            }
        case .tensorwise(let merge): return all(merge.source)
        case .mergekit(let merge): return merge.sources(in: architecture)
        }
    }

    /// What the merged model consists of, given what the models do.
    package func outputArchitecture(
        of architecture: CheckpointArchitecture
    ) -> CheckpointArchitecture {
        guard case .mergekit(let merge) = self else { return architecture }
        return architecture.with(layerCount: merge.layerCount)
    }

    /// The names under which models have the tensors of the output, where layers move.
    package func renames(in architecture: CheckpointArchitecture) -> [String: [String: String]] {
        guard case .mergekit(let merge) = self else { return [:] }
        return merge.renames(in: architecture)
    }
}
