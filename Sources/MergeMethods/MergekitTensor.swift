/// One tensor of a mergekit configuration: its parameters are looked up, and its source follows.
struct MergekitTensor {
    let merge: MergekitMerge
    let slice: MergekitMerge.Slice
    /// The name of the tensor in the output.
    let name: String
    /// The number of its layer in the slice; nil outside of layers.
    let layer: Int?

    /// The place of its layer in the slice, from 0 to 1.
    private var position: Double {
        guard let layer else { return 0 }
        return slice.layerCount > 1 ? Double(layer) / Double(slice.layerCount - 1) : 1
    }

    /// The name of the tensor in a model.
    func name(in source: MergekitMerge.Source) -> String {
        guard let layer else { return name }
        return CheckpointArchitecture.name(of: name, inLayer: source.layers.lowerBound + layer)
    }

    /// Whether counts, signs and angles follow mergekit to the letter.
    private var isExact: Bool { merge.isExact == true }

    /// The source.
    ///
    /// - Throws: `MergekitError` and the errors of the method.
    func source() throws -> MergeSource {
        if let kind = merge.mergeMethod.taskVectors { return try taskVectors(kind) }
        if let kind = merge.mergeMethod.tensorwise { return try tensorwise(kind) }
        switch merge.mergeMethod {
        case .passthrough: return try passthrough()
        case .slerp: return try slerp()
        case .modelStock: return try modelStock()
        default: return try linear()
        }
    }

    private func passthrough() throws -> MergeSource {
        guard let only = slice.sources.first, slice.sources.count == 1 else {
            throw models("one model in each slice")
        }
        guard let scale = number("scale", of: only) else { return .copy(of: only.model) }
        return scale == 1
            ? .copy(of: only.model) : .combine(.weightedSum([MergeTerm(only.model, scale)]))
    }

    private func linear() throws -> MergeSource {
        var terms = try slice.sources.map {
            MergeTerm($0.model, try required("weight", of: $0))
        }
        if boolean("normalize") ?? true {
            let sum = terms.reduce(0) { $0 + $1.weight }
            guard sum != 0 else { throw MergekitError.noWeight(tensor: name) }
            terms = terms.map { MergeTerm($0.input, $0.weight / sum) }
        }
        let present = terms.filter { $0.weight != 0 }
        if let only = present.first, present.count == 1, only.weight == 1 {
            return .copy(of: only.input)
        }
        // A sum of nothing is zero times the first model.
        return .combine(.weightedSum(present.isEmpty ? Array(terms.prefix(1)) : present))
    }

    private func slerp() throws -> MergeSource {
        guard merge.hasBase, let base = slice.sources.first(where: isBase),
            let other = slice.sources.first(where: { !isBase($0) }), slice.sources.count == 2
        else { throw models("two models, of which one is base_model") }
        let share = try required("t")
        if share == 0 { return .copy(of: base.model) }
        if share == 1 { return .copy(of: other.model) }
        var slerp = Slerp([MergeTerm(base.model, 1 - share), MergeTerm(other.model, share)])
        if isExact { slerp.followsMergekit = true }
        return .combine(.slerp(slerp))
    }

    private func modelStock() throws -> MergeSource {
        let method = ModelStock(
            slice.sources.filter { !isBase($0) }.map(\.model),
            mergekit: !isExact ? nil : boolean("filter_wise") == true ? .rows : .whole
        )
        guard merge.hasBase else { throw models("a base_model and two or more others") }
        try method.check()
        return .combine(.modelStock(method))
    }

    private func taskVectors(_ kind: TaskVectorMerge.Kind) throws -> MergeSource {
        guard merge.hasBase, slice.sources.contains(where: isBase) else {
            throw models("a base_model and one or more others")
        }
        let others = slice.sources.filter { !isBase($0) }
        var method = TaskVectorMerge(
            kind,
            try others.map { MergeTerm($0.model, try required("weight", of: $0)) },
            seed: merge.seed
        )
        method.lambda = number("lambda") ?? 1
        method.isNormalized = boolean("normalize") ?? kind.isNormalized
        let trimmings = others.map { trimming(kind, of: $0) }
        method.trimming = trimmings.first ?? .none
        if trimmings.contains(where: { $0 != method.trimming }) {
            method.ownTrimming = Dictionary(
                zip(others.map(\.model), trimmings),
                uniquingKeysWith: { first, _ in first }
            )
        }
        if isExact {
            method.followsMergekit = true
            if kind != .taskArithmetic {
                let isRandom = kind.trimming(seed: merge.seed).seed != nil
                method.rescaling =
                    boolean("rescale") ?? isRandom ? .sum : TaskVectorMerge.Rescaling.none
            }
        }
        guard method.terms.contains(where: { $0.weight != 0 }) else {
            return .copy(of: ModelPart.base.name)
        }
        try method.check()
        return .combine(.taskVectors(method.withoutIdleTerms))
    }

    /// Which entries of a model are dropped.
    private func trimming(
        _ kind: TaskVectorMerge.Kind,
        of source: MergekitMerge.Source
    ) -> Trimming {
        let density = min(1, max(0, number("density", of: source) ?? 1))
        switch kind.trimming(seed: merge.seed) {
        case .none: return .none
        case .largest: return .largest(density: density)
        case .random: return .random(density: density, seed: merge.seed)
        case .ranked:
            // With everything or nothing kept mergekit looks at no ranks.
            guard density > 0 else { return .random(density: 0, seed: merge.seed) }
            let epsilon = density < 1 ? number("epsilon", of: source) ?? 0.15 : 0
            return .ranked(density: density, epsilon: epsilon, seed: merge.seed)
        case .band:
            // With everything kept mergekit drops no outliers either; with a part of it, what is
            // dropped at the top gives way to the density.
            let gamma = density < 1 ? number("gamma", of: source) ?? 0.01 : 0
            return .band(density: density, gamma: isExact ? gamma : min(gamma, 1 - density))
        }
    }

    /// Whether a model is the one that the others are seen from.
    func isBase(_ source: MergekitMerge.Source) -> Bool {
        source.model == ModelPart.base.name
    }

    /// The method has other models than it needs.
    func models(_ expected: String) -> MergekitError {
        .models(
            method: merge.mergeMethod.rawValue,
            expected: expected,
            found: slice.sources.count
        )
    }

    // MARK: Parameters

    /// The first value that fits, from the model's parameters to those of the configuration.
    private func value<Value>(
        _ parameter: String,
        of source: MergekitMerge.Source?,
        _ read: (MergekitSetting) -> Value?
    ) -> Value? {
        for parameters in [
            source?.parameters, slice.parameters, merge.moduleParameters, merge.parameters,
        ] {
            if let value = parameters?[parameter].flatMap(read) { return value }
        }
        return nil
    }

    /// A number; nil where it is written nowhere.
    func number(
        _ parameter: String,
        of source: MergekitMerge.Source? = nil
    ) -> Double? {
        let name = source.map(name(in:)) ?? name
        return value(parameter, of: source) { $0.number(of: name, at: position) }
    }

    /// Yes or no; nil where it is written nowhere.
    func boolean(_ parameter: String) -> Bool? {
        value(parameter, of: nil) { $0.boolean(of: name) }
    }

    /// A number that the method cannot do without.
    ///
    /// - Throws: `MergekitError.missing`.
    func required(
        _ parameter: String,
        of source: MergekitMerge.Source? = nil
    ) throws -> Double {
        guard let number = number(parameter, of: source) else {
            throw MergekitError.missing(parameter: parameter, model: source?.model, tensor: name)
        }
        return number
    }
}
