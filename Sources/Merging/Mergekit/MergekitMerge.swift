import Transformer

/// A merge as mergekit's configuration files describe it (Goddard et al., arXiv 2403.13257): the
/// same method for every tensor, with numbers that may differ from tensor to tensor.
///
/// Layers come in slices. For a tensor of layer l of a slice of n layers, parameters are looked up
/// at the position l / (n − 1), or 1 where n is 1, first among those of the model, then of the
/// slice, then of the whole configuration. Embeddings belong to the first slice, the final norm and the head
/// to the last one, both at position 0.
///
/// Layers stay where they are: a slice that would put layer 4 of a model at place 8 is refused.
package struct MergekitMerge: Hashable, Codable, Sendable {
    /// The methods, as mergekit names them, that this engine has too.
    package enum Method: String, CaseIterable, Codable, Sendable {
        case linear, slerp, passthrough
        case taskArithmetic = "task_arithmetic"
        case ties
        case dareLinear = "dare_linear"
        case dareTies = "dare_ties"
        case della
        case dellaLinear = "della_linear"
        case breadcrumbs
        case breadcrumbsTies = "breadcrumbs_ties"
        case modelStock = "model_stock"

        /// The merge of task vectors that the method is, if it is one.
        package var taskVectors: TaskVectorMerge.Kind? {
            switch self {
            case .linear, .slerp, .passthrough, .modelStock: nil
            case .taskArithmetic: .taskArithmetic
            case .ties: .ties
            case .dareLinear: .dare
            case .dareTies: .dareTies
            case .della: .della
            case .dellaLinear: .dellaLinear
            case .breadcrumbs: .breadcrumbs
            case .breadcrumbsTies: .breadcrumbsTies
            }
        }
    }

    /// Parameters by name.
    package typealias Parameters = [String: MergekitSetting]

    /// A model in a slice.
    package struct Source: Hashable, Codable, Sendable {
        /// The name of the model.
        package var model: String
        /// The first of its layers, and the one behind the last.
        package var layers: Range<Int>
        /// The parameters of the model in this slice.
        package var parameters: Parameters

        /// Takes layers of a model.
        package init(model: String, layers: Range<Int>, parameters: Parameters = [:]) {
            self.model = model
            self.layers = layers
            self.parameters = parameters
        }
    }

    /// Consecutive layers of the output.
    package struct Slice: Hashable, Codable, Sendable {
        /// The models that the layers come from.
        package var sources: [Source]
        /// The parameters of all of them.
        package var parameters: Parameters

        /// Makes layers from models.
        package init(sources: [Source], parameters: Parameters = [:]) {
            self.sources = sources
            self.parameters = parameters
        }
    }

    /// The method of every tensor.
    package var mergeMethod: Method
    /// Whether a base was named; its name among the models is `LayerSwap.base`.
    package var hasBase: Bool
    /// The slices from the input to the output.
    package var slices: [Slice]
    /// The parameters of everything.
    package var parameters: Parameters
    /// Where chance comes from, for the methods that use it.
    package var seed: UInt64

    /// A merge of slices.
    package init(
        mergeMethod: Method,
        hasBase: Bool,
        slices: [Slice],
        parameters: Parameters = [:],
        seed: UInt64 = 1
    ) {
        self.mergeMethod = mergeMethod
        self.hasBase = hasBase
        self.slices = slices
        self.parameters = parameters
        self.seed = seed
    }

    /// The method and the slices in one line.
    var summary: String {
        let models = Set(slices.flatMap(\.sources).map(\.model)).sorted()
        let parts = slices.count == 1 ? "" : " in \(slices.count) slices"
        return "mergekit's \(mergeMethod.rawValue) of \(models.joined(separator: ", "))\(parts)"
    }

    /// Checks slices and numbers against the shape of the models.
    ///
    /// - Throws: `MergekitError`, and the errors of the method where its numbers do not fit.
    func check(_ architecture: CheckpointArchitecture) throws {
        var next = 0
        for (number, slice) in slices.enumerated() {
            for source in slice.sources {
                guard source.layers.count == slice.sources[0].layers.count else {
                    throw MergekitError.unequal(slice: number)
                }
                guard source.layers.lowerBound == next else {
                    throw MergekitError.moved(
                        model: source.model,
                        from: source.layers.lowerBound,
                        to: next
                    )
                }
            }
            next += slice.sources.first?.layers.count ?? 0
        }
        guard next == architecture.layerCount else {
            throw MergekitError.layerCount(found: next, expected: architecture.layerCount)
        }
        for tensor in architecture.tensors { _ = try source(of: tensor, in: architecture) }
    }

    /// Where tensors come from, once `check` has passed.
    func sources(in architecture: CheckpointArchitecture) -> [MergeSource] {
        architecture.tensors.map { tensor in
            do { return try source(of: tensor, in: architecture) } catch {
                preconditionFailure("checked before: \(error)")
            }
        }
    }

    private func source(
        of tensor: ArchitectureTensor,
        in architecture: CheckpointArchitecture
    ) throws -> MergeSource {
        let slice: Slice
        let position: Double
        switch tensor.place {
        case .embeddings: (slice, position) = (slices[0], 0)
        case .finalNorm, .head: (slice, position) = (slices[slices.count - 1], 0)
        case .layer(let layer, _):
            guard
                let found = slices.first(where: { $0.sources.first?.layers.contains(layer) == true }
                ),
                let layers = found.sources.first?.layers
            else { throw MergekitError.layerCount(found: layer, expected: architecture.layerCount) }
            slice = found
            position =
                layers.count > 1
                ? Double(layer - layers.lowerBound) / Double(layers.count - 1) : 1
        }
        return try MergekitTensor(merge: self, slice: slice, name: tensor.name, position: position)
            .source()
    }
}

/// Why a mergekit configuration cannot be followed.
package enum MergekitError: Error, Hashable, CustomStringConvertible {
    /// The models of a slice have different numbers of layers in it.
    case unequal(slice: Int)
    /// A layer would change its place.
    case moved(model: String, from: Int, to: Int)
    /// The slices make more or fewer layers than the models have.
    case layerCount(found: Int, expected: Int)
    /// A parameter that the method needs is missing at a tensor.
    case missing(parameter: String, model: String?, tensor: String)
    /// Models have different values of a parameter that this engine has once for all.
    case different(parameter: String, tensor: String)
    /// A parameter has a value that this engine cannot follow.
    case unsupported(parameter: String, reason: String)
    /// The method has another number of models.
    case models(method: String, expected: String, found: Int)
    /// The weights of an average add up to nothing.
    case noWeight(tensor: String)

    /// What cannot be followed, and why.
    package var description: String {
        switch self {
        case .unequal(let slice):
            "the models of slice \(slice) have different numbers of layers in it"
        case .moved(let model, let from, let to):
            "layer \(from) of '\(model)' would become layer \(to); here layers stay in their "
                + "place, so models cannot be made deeper or shallower"
        case .layerCount(let found, let expected):
            "the slices make \(found) layers; expected the \(expected) of the models"
        case .missing(let parameter, let model, let tensor):
            "the parameter '\(parameter)'\(model.map { " of '\($0)'" } ?? "") is missing for "
                + "the tensor '\(tensor)'"
        case .different(let parameter, let tensor):
            "models have different values of '\(parameter)' for the tensor '\(tensor)'; here "
                + "one value counts for all models"
        case .unsupported(let parameter, let reason): "'\(parameter)': \(reason)"
        case .models(let method, let expected, let found):
            "\(method) takes \(expected), found \(found)"
        case .noWeight(let tensor):
            "the weights of the tensor '\(tensor)' add up to zero, and are to be divided by that"
        }
    }
}
