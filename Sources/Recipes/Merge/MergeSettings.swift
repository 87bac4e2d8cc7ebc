import MergeMethods
import RecipeDocuments

/// One merge of a recipe.
package struct MergeSettings: Hashable, Sendable {
    /// What is done.
    package var method: MergeMethod
    /// The training stage, or the written merge, that plays each part; the parts are the names that `method` uses.
    ///
    /// Parts that nothing is read from are left out.
    package var inputs: [String: String]

    /// Reads a merge of models of a given shape; zones that are left out scale with the depth.
    ///
    /// - Parameters:
    ///   - value: The mapping.
    ///   - layers: The depth of the models.
    ///   - tiedHead: Whether their output head is the embedding matrix.
    ///   - models: The names of the training stages and of merges that are written before this
    ///     one, which can take part.
    ///   - unwritten: The names of merges that cannot, since they are not written before.
    /// - Throws: `RecipeError`.
    package init(
        _ value: RecipeValue,
        layers: Int,
        tiedHead: Bool,
        models: [String],
        unwritten: [String] = []
    ) throws {
        try self.init(
            MergeParameters(value),
            layers: layers,
            tiedHead: tiedHead,
            models: models,
            unwritten: unwritten
        )
    }

    /// A merge of models of a given shape; zones that are left out scale with the depth.
    ///
    /// - Parameters:
    ///   - parameters: The values of the keys, from a recipe, a file or flags.
    ///   - layers: The depth of the models.
    ///   - tiedHead: Whether their output head is the embedding matrix.
    ///   - models: The names of the models that can take part.
    ///   - unwritten: The names of merges that cannot, since they are not written before.
    /// - Throws: `RecipeError`.
    package init(
        _ parameters: MergeParameters,
        layers: Int,
        tiedHead: Bool,
        models: [String],
        unwritten: [String] = []
    ) throws {
        guard let kind: MergeMethod.Kind = try parameters.choice(.method) else {
            throw parameters.missing(.method, "how the models become one")
        }
        try Self.checkKeys(of: kind, in: parameters)
        let source = Source(parameters: parameters, models: models, unwritten: unwritten)
        do {
            method = try Self.method(kind, source, layers: layers, tiedHead: tiedHead)
            if case .layerSwap(let swap) = method {
                inputs = try source.experts(withBase: swap.readsBase)
            } else {
                inputs = try source.inputs(of: method)
            }
        } catch let error as WeightedAverageError {
            throw parameters.error(error.description)
        } catch let error as TaskVectorError {
            throw parameters.error(error.description)
        } catch let error as ModelStockError {
            throw parameters.error(error.description)
        } catch let error as TensorwiseError {
            throw parameters.error(error.description)
        }
    }

    /// Refuses keys that do not apply to a method.
    private static func checkKeys(
        of kind: MergeMethod.Kind,
        in parameters: MergeParameters
    ) throws {
        let (keys, rule) = keys(of: kind)
        for key in CodingKeys.allCases where key != .method && !keys.contains(key) {
            if parameters.contains(key) {
                throw parameters.error(at: key, "the key does not apply here: \(rule)")
            }
        }
    }

    /// Reads and checks the settings of a method.
    ///
    /// - Throws: `RecipeError`, and the errors of methods.
    private static func method(
        _ kind: MergeMethod.Kind,
        _ source: Source,
        layers: Int,
        tiedHead: Bool
    ) throws -> MergeMethod {
        switch kind {
        case .layerSwap:
            return .layerSwap(try layerSwap(source.parameters, layers, tiedHead))
        case .average:
            let terms = try source.terms()
            return .average(
                try terms.map { WeightedAverage($0) } ?? .uniform(of: source.experts())
            )
        case .slerp:
            let slerp = Slerp(try source.terms() ?? source.experts().map { MergeTerm($0, 0.5) })
            try slerp.check()
            return .slerp(slerp)
        case .taskVectors(let kind):
            let merge = try source.taskVectors(kind)
            try merge.check()
            return .taskVectors(merge)
        case .modelStock:
            let stock = ModelStock(try source.list() ?? source.experts())
            try stock.check()
            return .modelStock(stock)
        case .revert:
            let parts = try source.reverted(layers: layers, tiedHead: tiedHead)
            return .revert(Revert(try source.model(), reverted: parts))
        case .dataWeighted(let kind):
            let average = try source.dataWeighted(kind)
            try average.check()
            return .dataWeighted(average)
        case .tensorwise(let kind):
            let merge = try source.tensorwise(kind)
            try merge.check()
            return .tensorwise(merge)
        case .mergekit: preconditionFailure("no recipe can choose it")
        }
    }

    /// The seed of a merge that draws random numbers and names no seed.
    static let standardSeed: UInt64 = 1

    /// The names of the keys that apply to a method, in the order of the documentation.
    package static func keyNames(of kind: MergeMethod.Kind) -> [String] {
        let keys = keys(of: kind).0
        return CodingKeys.allCases.filter { keys.contains($0) && $0 != .method }
            .map(\.stringValue)
    }

    /// The keys that apply to a method, and why no others do.
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
