/// One tensor of a mergekit configuration: its parameters are looked up, and its source follows.
struct MergekitTensor {
    let merge: MergekitMerge
    let slice: MergekitMerge.Slice
    /// The name of the tensor.
    let name: String
    /// The place of its layer in the slice, from 0 to 1.
    let position: Double

    /// The source.
    ///
    /// - Throws: `MergekitError` and the errors of the method.
    func source() throws -> MergeSource {
        if let kind = merge.mergeMethod.taskVectors { return try taskVectors(kind) }
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
        let method = Slerp([MergeTerm(base.model, 1 - share), MergeTerm(other.model, share)])
        try method.check()
        return method.source
    }

    private func modelStock() throws -> MergeSource {
        if boolean("filter_wise") == true {
            throw MergekitError.unsupported(
                parameter: "filter_wise",
                reason: "here the angle is that of whole tensors"
            )
        }
        let method = ModelStock(slice.sources.filter { !isBase($0) }.map(\.model))
        guard merge.hasBase else { throw models("a base_model and two or more others") }
        try method.check()
        return .combine(.modelStock(method))
    }

    private func taskVectors(_ kind: TaskVectorMerge.Kind) throws -> MergeSource {
        guard merge.hasBase else { throw models("a base_model and one or more others") }
        let others = slice.sources.filter { !isBase($0) }
        var method = TaskVectorMerge(
            kind,
            try others.map { MergeTerm($0.model, try required("weight", of: $0)) },
            seed: merge.seed
        )
        let rescales = kind.trimming(seed: merge.seed).seed != nil
        if let rescale = boolean("rescale"), rescale != rescales, kind != .taskArithmetic {
            throw MergekitError.unsupported(
                parameter: "rescale",
                reason: "with \(merge.mergeMethod.rawValue) only \(rescales) is known here"
            )
        }
        method.lambda = number("lambda") ?? 1
        method.isNormalized = boolean("normalize") ?? kind.isNormalized
        let density = try shared("density", of: others) ?? 1
        switch kind.trimming(seed: merge.seed) {
        case .none: break
        case .largest: method.trimming = .largest(density: density)
        case .random: method.trimming = .random(density: density, seed: merge.seed)
        case .ranked:
            // With everything kept mergekit looks at no ranks.
            let epsilon = density < 1 ? try shared("epsilon", of: others) ?? 0.15 : 0
            method.trimming = .ranked(density: density, epsilon: epsilon, seed: merge.seed)
        case .band:
            // With everything kept mergekit drops no outliers either; with a part of it, what is
            // dropped at the top gives way to the density.
            let gamma = density < 1 ? try shared("gamma", of: others) ?? 0.01 : 0
            method.trimming = .band(density: density, gamma: min(gamma, 1 - density))
        }
        guard method.terms.contains(where: { $0.weight != 0 }) else {
            return .copy(of: LayerSwap.base)
        }
        try method.check()
        return .combine(.taskVectors(method.withoutIdleTerms))
    }

    private func isBase(_ source: MergekitMerge.Source) -> Bool {
        source.model == LayerSwap.base
    }

    private func models(_ expected: String) -> MergekitError {
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
        for parameters in [source?.parameters, slice.parameters, merge.parameters] {
            if let value = parameters?[parameter].flatMap(read) { return value }
        }
        return nil
    }

    private func number(
        _ parameter: String,
        of source: MergekitMerge.Source? = nil
    ) -> Double? {
        value(parameter, of: source) { $0.number(of: name, at: position) }
    }

    private func boolean(_ parameter: String) -> Bool? {
        value(parameter, of: nil) { $0.boolean(of: name) }
    }

    private func required(
        _ parameter: String,
        of source: MergekitMerge.Source? = nil
    ) throws -> Double {
        guard let number = number(parameter, of: source) else {
            throw MergekitError.missing(parameter: parameter, model: source?.model, tensor: name)
        }
        return number
    }

    /// A number that must be the same for all models; nil when none has it.
    private func shared(
        _ parameter: String,
        of sources: [MergekitMerge.Source]
    ) throws -> Double? {
        let numbers = sources.map { number(parameter, of: $0) }
        guard Set(numbers).count <= 1 else {
            throw MergekitError.different(parameter: parameter, tensor: name)
        }
        return numbers.first ?? nil
    }
}
