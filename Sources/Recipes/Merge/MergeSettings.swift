import MergeMethods
import Transformer

/// One merge of a recipe.
package struct MergeSettings: Hashable, Sendable {
    /// What is done.
    package var method: MergeMethod
    /// The training stage that plays each part; the parts are the names that `method` uses.
    ///
    /// Parts that nothing is read from are left out.
    package var inputs: [String: String]

    enum CodingKeys: String, RecipeKey {
        case method, language, math, base, pattern, direction, bottom, top
        case bottomTransition = "bottom_transition"
        case topTransition = "top_transition"
        case transition, coefficients, tensors, embeddings
        case finalNorm = "final_norm"
        case head, interpolation, scale, weights, density, epsilon, gamma, lambda, normalize
        case seed, models, model, reverted, threshold, granularity, sequences
        case offDiagonal = "off_diagonal"
        case taskVectors = "task_vectors"
        case extent, iterations, tolerance, distance, gain, limit
    }

    /// Reads a merge of models of a given shape; zones that are left out scale with the depth.
    ///
    /// - Parameters:
    ///   - value: The mapping.
    ///   - layers: The depth of the models.
    ///   - tiedHead: Whether their output head is the embedding matrix.
    ///   - models: The names of the training stages, which can take part.
    /// - Throws: `RecipeError`.
    package init(_ value: RecipeValue, layers: Int, tiedHead: Bool, models: [String]) throws {
        let reader = try MappingReader(value, keys: CodingKeys.self)
        let kind: MergeMethod.Kind = try reader.required(.method, "how the models become one")
            .choice()
        let (keys, rule) = Self.keys(of: kind)
        for key in CodingKeys.allCases where key != .method && !keys.contains(key) {
            if let value = reader.optional(key) {
                throw value.error("the key has no use here: \(rule)")
            }
        }
        let source = Source(reader: reader, models: models)
        do {
            switch kind {
            case .layerSwap:
                let swap = try Self.layerSwap(reader, layers, tiedHead)
                method = .layerSwap(swap)
                inputs = try source.experts(withBase: swap.readsBase)
                return
            case .average:
                let terms = try source.terms(smallest: 0)
                method = .average(
                    try terms.map { WeightedAverage($0) } ?? .uniform(of: source.experts())
                )
            case .slerp:
                let slerp = Slerp(
                    try source.terms(smallest: 0) ?? source.experts().map { MergeTerm($0, 0.5) }
                )
                try slerp.check()
                method = .slerp(slerp)
            case .taskVectors(let kind):
                let merge = try source.taskVectors(kind)
                try merge.check()
                method = .taskVectors(merge)
            case .modelStock:
                let stock = ModelStock(try source.list() ?? source.experts())
                try stock.check()
                method = .modelStock(stock)
            case .revert:
                let value = try reader.required(.reverted, "what is taken from the base")
                let parts = try ParameterSelection(value, layers: layers, tiedHead: tiedHead)
                method = .revert(Revert(try source.reverted(), reverted: parts))
            case .dataWeighted(let kind):
                let average = try source.dataWeighted(kind)
                try average.check()
                method = .dataWeighted(average)
            case .tensorwise(let kind):
                let merge = try source.tensorwise(kind)
                try merge.check()
                method = .tensorwise(merge)
            case .mergekit: preconditionFailure("no recipe can choose it")
            }
            inputs = try source.inputs(of: method)
        } catch let error as WeightedAverageError {
            throw reader.value.error(error.description)
        } catch let error as TaskVectorError {
            throw reader.value.error(error.description)
        } catch let error as ModelStockError {
            throw reader.value.error(error.description)
        } catch let error as TensorwiseError {
            throw reader.value.error(error.description)
        }
    }

    /// The seed of a merge that uses chance and names none.
    static let standardSeed: UInt64 = 1

    /// The names of the keys that have a use, in the order of the documentation.
    package static func keyNames(of kind: MergeMethod.Kind) -> [String] {
        let keys = keys(of: kind).0
        return CodingKeys.allCases.filter { keys.contains($0) && $0 != .method }
            .map(\.stringValue)
    }

    /// The keys that have a use, and why others have none.
    private static func keys(of kind: MergeMethod.Kind) -> (Set<CodingKeys>, String) {
        switch kind {
        case .layerSwap:
            let others: Set<CodingKeys> = [
                .weights, .density, .epsilon, .gamma, .lambda, .normalize, .models, .model,
                .reverted, .sequences, .offDiagonal, .taskVectors, .extent, .iterations, .tolerance,
                .distance, .gain, .limit,
            ]
            return (
                Set(CodingKeys.allCases).subtracting(others),
                "a layer swap has zones, a pattern or coefficients"
            )
        case .average: return ([.weights], "an average has weights only")
        case .dataWeighted(.fisher):
            return ([.weights, .sequences], "Fisher merging has weights and sequences only")
        case .dataWeighted(.regressionMean):
            return (
                [.weights, .sequences, .offDiagonal],
                "a regression mean has weights, sequences and off_diagonal only"
            )
        case .slerp: return ([.weights], "SLERP has the weights of two models only")
        case .modelStock: return ([.models, .base], "model stock has models and a base only")
        case .tensorwise(let kind):
            let keys = tensorwiseKeys(of: kind)
            let names = keys.map(\.stringValue).joined(separator: ", ")
            return (Set(keys), "\(kind.rawValue) has \(names) only")
        case .mergekit: return ([], "no recipe can choose it")
        case .revert:
            return ([.model, .reverted, .base], "a reverted model has parts and a base only")
        case .taskVectors(let kind):
            let numbers: [CodingKeys] =
                switch kind.trimming(seed: standardSeed) {
                case .none: []
                case .largest: [.density]
                case .random: [.density, .seed]
                case .ranked: [.density, .epsilon, .seed]
                case .band: [.density, .gamma]
                }
            let keys = [.weights] + numbers + [.lambda, .normalize, .base]
            let names = keys.map(\.stringValue).joined(separator: ", ")
            return (Set(keys), "\(kind.rawValue) has \(names) only")
        }
    }
}
