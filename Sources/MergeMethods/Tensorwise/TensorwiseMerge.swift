/// A method that makes each tensor for itself and all of them by one rule, from their norms, angles
/// or largest changes.
///
/// They are methods of mergekit 0.1.5, whose numbers they give; their origin is documented by
/// `MergeMethod.Kind.reference`.
package enum TensorwiseMerge: Hashable, Sendable {
    /// Along the arc between two models or their changes.
    case nuslerp(NuSlerp)
    /// The weighted mean direction of any number of models.
    case multislerp(MultiSlerp)
    /// The mean direction that is nearest to those of all models.
    case karcher(KarcherMean)
    /// Changes by their size, where models differ most and agree in sign.
    case sce(SelectedChanges)
    /// One model, drawn to another where both are near each other.
    case nearswap(NearSwap)
    /// The most important changes of one model.
    case arceeFusion(ArceeFusion)
    /// Changes of one model alone kept whole, those of several averaged.
    case ram(AgentMerge)

    /// The method itself.
    var method: any TensorwiseMethod {
        switch self {
        case .nuslerp(let method): method
        case .multislerp(let method): method
        case .karcher(let method): method
        case .sce(let method): method
        case .nearswap(let method): method
        case .arceeFusion(let method): method
        case .ram(let method): method
        }
    }

    /// The models that are read, a base among them.
    package var inputs: [String] { method.inputs }

    /// For people: the rule with its numbers.
    var formula: String { method.formula }

    /// Where every tensor comes from; a copy where only one model counts.
    var source: MergeSource { method.source }

    /// Checks models and numbers.
    ///
    /// - Throws: `TensorwiseError`.
    package func check() throws(TensorwiseError) { try method.check() }
}

extension TensorwiseMerge {
    /// The methods by the names of recipes.
    package enum Kind: String, CaseIterable, Codable, Sendable {
        case nuslerp, multislerp, karcher, sce, nearswap
        case arceeFusion = "arcee-fusion"
        case ram
        case ramPlus = "ramplus-tl"

        /// What the method does, in one line.
        package var summary: String {
            switch self {
            case .nuslerp:
                "along the arc between two models or their changes, by tensor, row or column"
            case .multislerp: "the mean direction of all models or their changes, by weight"
            case .karcher: "the direction nearest to those of all models, with their mean length"
            case .sce:
                "the base plus changes by their size, where models differ most and agree in sign"
            case .nearswap: "the base, drawn to a model where the two are near each other"
            case .arceeFusion: "the base plus the changes of a model that matter most"
            case .ram: "the base plus changes: those of one model whole, those of several averaged"
            case .ramPlus: "as ram, changes of one model alone enlarged by how many it shares"
            }
        }

        /// The rule, for each tensor.
        var formula: String {
            switch self {
            case .nuslerp:
                "sin((1 − t) φ) / sin φ · x_1 + sin(t φ) / sin φ · x_2, t = w_2 / (w_1 + w_2), "
                    + "x_i = θ_i, or θ_0 plus that of τ_i"
            case .multislerp: "Σ w_i ‖x_i‖ · u / ‖u‖, u = Σ w_i x_i / ‖x_i‖, x_i = θ_i or τ_i"
            case .karcher: "mean ‖θ_i‖ · m, m the unit vector of least Σ angle(m, θ_i)²"
            case .sce:
                "θ_0 + Σ w_i τ_i / Σ w_i over signs of Σ τ_i, w_i = mean τ_i², entries of most "
                    + "variance alone"
            case .nearswap: "θ_0 + min(1, t / |θ − θ_0|) (θ − θ_0)"
            case .arceeFusion:
                "θ where |τ| KL(softmax of the row) ≥ median + 1.5 (q_3 − q_1), θ_0 elsewhere"
            case .ram: "θ_0 + mean of the τ_i beyond ε, entry by entry"
            case .ramPlus:
                "as ram, entries of one model alone times 1 + r min(α, shared / unshared)"
            }
        }

        /// Where it was published.
        var reference: String {
            switch self {
            case .nuslerp: "Goddard et al., arXiv 2403.13257 (mergekit 0.1.5, nuslerp)"
            case .multislerp: "Goddard, goddard.blog/posts/multislerp-wow-what-a-cool-idea"
            case .karcher: "Karcher, 1977; arXiv 2603.04972"
            case .sce: "Wan et al., arXiv 2408.07990"
            case .nearswap: "alchemonaut, QuartetAnemoi-70B (mergekit 0.1.5, nearswap)"
            case .arceeFusion: "Arcee (mergekit 0.1.5, arcee_fusion)"
            case .ram, .ramPlus: "arXiv 2601.13572"
            }
        }
    }

    /// Which method it is.
    package var kind: Kind {
        switch self {
        case .nuslerp: .nuslerp
        case .multislerp: .multislerp
        case .karcher: .karcher
        case .sce: .sce
        case .nearswap: .nearswap
        case .arceeFusion: .arceeFusion
        case .ram(let method): method.gain == nil ? .ram : .ramPlus
        }
    }

    /// Whether the base takes part as the model that others have changed.
    package var readsBase: Bool { method.readsBase }

    /// The models that are merged, without such a base.
    package var models: [String] { Array(inputs.dropFirst(readsBase ? 1 : 0)) }
}

extension TensorwiseMerge {
    /// Reads the settings of a method.
    init(_ kind: Kind, from decoder: any Decoder) throws {
        switch kind {
        case .nuslerp: self = .nuslerp(try NuSlerp(from: decoder))
        case .multislerp: self = .multislerp(try MultiSlerp(from: decoder))
        case .karcher: self = .karcher(try KarcherMean(from: decoder))
        case .sce: self = .sce(try SelectedChanges(from: decoder))
        case .nearswap: self = .nearswap(try NearSwap(from: decoder))
        case .arceeFusion: self = .arceeFusion(try ArceeFusion(from: decoder))
        case .ram, .ramPlus: self = .ram(try AgentMerge(from: decoder))
        }
    }
}

/// Why a method of this kind cannot be followed.
package enum TensorwiseError: Error, Hashable, CustomStringConvertible {
    /// The base is among the models, where it takes part anyway.
    case base
    /// A model is named twice.
    case repeated(String)
    /// The method has another number of models.
    case models(method: String, expected: String, found: [String])
    /// A number is out of its range.
    case number(name: String, value: Double, expected: String)
    /// The directions of the models add up to nothing.
    case noDirection(tensor: String)
    /// The inputs' products make no system that can be solved.
    case notPositiveDefinite(tensor: String)

    /// What is wrong and what was expected.
    package var description: String {
        switch self {
        case .base: "the base is among the models; the method has it anyway, leave it out"
        case .repeated(let model): "the merge names '\(model)' twice"
        case .models(let method, let expected, let found):
            "\(method) takes \(expected); given were "
                + (found.isEmpty ? "none" : found.map { "'\($0)'" }.joined(separator: ", "))
        case .number(let name, let value, let expected):
            "\(name) is \(value); expected \(expected)"
        case .noDirection(let tensor):
            "'\(tensor)': the weighted directions of the models add up to zero, so that they have "
                + "no mean; choose other weights"
        case .notPositiveDefinite(let tensor):
            "'\(tensor)': the products of its inputs are no positive definite matrix, so that "
                + "there is no regression mean; average this model instead"
        }
    }
}

/// What each of the methods has.
protocol TensorwiseMethod: Hashable, Codable, Sendable {
    /// The models that are read, in the order of sources; a base first.
    var inputs: [String] { get }
    /// Whether the first of them is the base that the others have changed.
    var readsBase: Bool { get }
    /// For people: the rule with its numbers.
    var formula: String { get }
    /// Where every tensor comes from.
    var source: MergeSource { get }
    /// Checks models and numbers.
    func check() throws(TensorwiseError)
    /// Looks at the whole tensor, whose sources are in the order of `inputs`.
    func prepare(_ pass: TensorPass) throws(TensorwiseError) -> PreparedCombination
}

extension TensorwiseMethod {
    /// Checks that models beside a base are named once, and the base not at all.
    static func checkNames(_ models: [String], base: Bool) throws(TensorwiseError) {
        var names: Set<String> = []
        for model in models {
            guard !base || model != ModelPart.base.name else { throw .base }
            guard names.insert(model).inserted else { throw .repeated(model) }
        }
    }

    /// Checks that a number is finite and in a range.
    static func checkNumber(
        _ name: String,
        _ value: Double,
        in range: ClosedRange<Double>,
        _ expected: String
    ) throws(TensorwiseError) {
        guard range.contains(value) else {
            throw .number(name: name, value: value, expected: expected)
        }
    }
}
