import Foundations
import MergeMethods

extension Merge.Method {
    /// The names of all methods that merge checkpoint folders, as `layerswap list methods` has
    /// them.
    ///
    /// `revert` is missing, which has a function of its own.
    public static var names: [String] { kinds.map(\.rawValue) }

    private static var kinds: [MergeMethod.Kind] {
        MergeMethod.Kind.allCases.filter { kind in
            if case .dataWeighted = kind { false } else { kind != .revert }
        }
    }

    /// A method by its name, with a weight for each model.
    ///
    /// Methods that add what training changed read the model `base` too, which has no weight; a
    /// layer swap reads `language` and `math`, with the widths of its zones as settings.
    ///
    /// - Parameters:
    ///   - name: One of `names`.
    ///   - models: The names of the models with their weights; their order is that of the sums.
    ///     Methods without weights ignore them. A layer swap needs none.
    ///   - settings: Numbers by the keys of recipes, such as `density`; others have their published
    ///     values. 1 stands for true.
    /// - Throws: An error when there is no method or no setting of that name, or a setting has an
    ///   impossible value.
    public init(
        named name: String,
        weights models: [(name: String, weight: Double)],
        settings: [String: Double] = [:]
    ) throws {
        let terms = models.map { MergeTerm($0.name, $0.weight) }
        try self.init(named: name, terms: { _ in terms }, settings: settings)
    }

    /// A method by its name, with its usual weights.
    ///
    /// - Parameters:
    ///   - name: One of `names`.
    ///   - models: The names of the models, the model `base` left out.
    ///   - settings: As in the other initializer.
    /// - Throws: As the other initializer.
    public init(
        named name: String,
        models: [String] = [],
        settings: [String: Double] = [:]
    ) throws {
        try self.init(
            named: name,
            terms: { weight in models.map { MergeTerm($0, weight) } },
            settings: settings
        )
    }

    // `terms` gives the models, with its argument as the weight of those that have none.
    private init(
        named name: String,
        terms: (Double) -> [MergeTerm],
        settings: [String: Double]
    ) throws {
        guard let kind = Self.kinds.first(where: { $0.rawValue == name }) else {
            throw OptionError(
                "no method is named '\(name)'\(NearestName.suggestion(for: name, among: Self.names))"
                    + "; expected one of \(Self.names.joined(separator: ", "))"
            )
        }
        var numbers = MergeNumbers(settings, method: name)
        let count = terms(1).count
        switch kind {
        case .layerSwap:
            self = .layerSwap(
                bottom: try numbers.whole("bottom"),
                top: try numbers.whole("top"),
                bottomTransition: try numbers.whole("bottom_transition"),
                topTransition: try numbers.whole("top_transition")
            )
        case .average: self = Self(.average(WeightedAverage(terms(1))))
        case .slerp: self = Self(.slerp(Slerp(terms(0.5))))
        case .modelStock: self = Self(.modelStock(ModelStock(terms(1).map(\.input))))
        case .taskVectors(let kind):
            let weight = kind.standardWeight(of: max(1, count))
            self = Self(.taskVectors(try Self.taskVectors(kind, terms(weight), &numbers)))
        case .tensorwise(let kind):
            let weight = kind == .nuslerp ? 0.5 : 1
            self = Self(.tensorwise(try Self.tensorwise(kind, terms(weight), &numbers)))
        case .revert, .dataWeighted, .mergekit:
            throw OptionError("'\(name)' is not a method of names and numbers")
        }
        try numbers.end()
    }

    private init(_ method: MergeMethod) { self.init { _ in method } }

    private static func taskVectors(
        _ kind: TaskVectorMerge.Kind,
        _ terms: [MergeTerm],
        _ numbers: inout MergeNumbers
    ) throws -> TaskVectorMerge {
        var merge = TaskVectorMerge(kind, terms)
        merge.lambda = numbers.take("lambda") ?? merge.lambda
        merge.isNormalized = numbers.take("normalize").map { $0 != 0 } ?? merge.isNormalized
        switch merge.trimming {
        case .none: break
        case .largest(let density):
            merge.trimming = .largest(density: numbers.take("density") ?? density)
        case .random(let density, let seed):
            merge.trimming = .random(
                density: numbers.take("density") ?? density,
                seed: try numbers.whole("seed") ?? seed
            )
        case .ranked(let density, let epsilon, let seed):
            merge.trimming = .ranked(
                density: numbers.take("density") ?? density,
                epsilon: numbers.take("epsilon") ?? epsilon,
                seed: try numbers.whole("seed") ?? seed
            )
        case .band(let density, let gamma):
            merge.trimming = .band(
                density: numbers.take("density") ?? density,
                gamma: numbers.take("gamma") ?? gamma
            )
        }
        return merge
    }

    private static func tensorwise(
        _ kind: TensorwiseMerge.Kind,
        _ terms: [MergeTerm],
        _ numbers: inout MergeNumbers
    ) throws -> TensorwiseMerge {
        let models = terms.map(\.input)
        func one() throws -> String {
            guard let model = models.first, models.count == 1 else {
                throw OptionError("\(kind.rawValue) takes one model; found \(models.count)")
            }
            return model
        }
        switch kind {
        case .nuslerp:
            return .nuslerp(NuSlerp(terms, readsBase: (numbers.take("task_vectors") ?? 0) != 0))
        case .multislerp:
            return .multislerp(
                MultiSlerp(
                    terms,
                    readsBase: (numbers.take("task_vectors") ?? 0) != 0,
                    isNormalized: (numbers.take("normalize") ?? 1) != 0,
                    epsilon: numbers.take("epsilon") ?? MultiSlerp.standardEpsilon
                )
            )
        case .karcher:
            return .karcher(
                KarcherMean(
                    models,
                    iterations: try numbers.whole("iterations") ?? KarcherMean.standardIterations,
                    tolerance: numbers.take("tolerance") ?? KarcherMean.standardTolerance
                )
            )
        case .sce: return .sce(SelectedChanges(models, density: numbers.take("density") ?? 1))
        case .nearswap:
            guard let distance = numbers.take("distance") else {
                throw OptionError("nearswap needs the setting 'distance': how far the base moves")
            }
            return .nearswap(NearSwap(try one(), distance: distance))
        case .arceeFusion: return .arceeFusion(ArceeFusion(try one()))
        case .ram, .ramPlus:
            return .ram(
                AgentMerge(
                    models,
                    epsilon: numbers.take("epsilon") ?? AgentMerge.standardEpsilon,
                    gain: kind == .ram
                        ? nil : numbers.take("gain") ?? AgentMerge.standardGain,
                    limit: kind == .ram
                        ? AgentMerge.standardLimit
                        : numbers.take("limit") ?? AgentMerge.standardLimit
                )
            )
        }
    }
}

/// The settings of a method by name, of which each must be used.
private struct MergeNumbers {
    private var rest: [String: Double]
    private var known: [String] = []
    private let method: String

    init(_ settings: [String: Double], method: String) {
        rest = settings
        self.method = method
    }

    mutating func take(_ key: String) -> Double? {
        known.append(key)
        return rest.removeValue(forKey: key)
    }

    mutating func whole<Number: FixedWidthInteger>(_ key: String) throws -> Number? {
        guard let value = take(key) else { return nil }
        guard let number = Number(exactly: value) else {
            throw OptionError("'\(key)' is \(value); expected a whole number")
        }
        return number
    }

    /// Refuses what the method has not read.
    func end() throws {
        guard let key = rest.keys.min() else { return }
        throw OptionError(
            "\(method) has no setting '\(key)'\(NearestName.suggestion(for: key, among: known)); "
                + (known.isEmpty ? "it has none" : "expected \(known.joined(separator: ", "))")
        )
    }
}
