/// A merge as mergekit's configuration files describe it (Goddard et al., arXiv 2403.13257): the
/// same method for every tensor, with numbers that may differ from tensor to tensor.
///
/// Layers come in slices. For a tensor of layer l of a slice of n layers, parameters are looked up
/// at the position l / (n − 1), or 1 where n is 1, first among those of the model, then of the
/// slice, then of the whole configuration. Embeddings belong to the first slice, the final norm and
/// the head to the last one, both at position 0.
///
/// Slices may take any layers of a model and take some more than once, so that the output is deeper
/// or shallower than the models.
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
        case nuslerp, multislerp, karcher, sce, nearswap
        case arceeFusion = "arcee_fusion"
        case ram
        case ramPlus = "ramplus_tl"

        /// The method of norms, angles or largest changes that it is, if it is one.
        package var tensorwise: TensorwiseMerge.Kind? {
            switch self {
            case .nuslerp: .nuslerp
            case .multislerp: .multislerp
            case .karcher: .karcher
            case .sce: .sce
            case .nearswap: .nearswap
            case .arceeFusion: .arceeFusion
            case .ram: .ram
            case .ramPlus: .ramPlus
            default: nil
            }
        }

        /// The merge of task vectors that the method is, if it is one.
        package var taskVectors: TaskVectorMerge.Kind? {
            switch self {
            case .taskArithmetic: .taskArithmetic
            case .ties: .ties
            case .dareLinear: .dare
            case .dareTies: .dareTies
            case .della: .della
            case .dellaLinear: .dellaLinear
            case .breadcrumbs: .breadcrumbs
            case .breadcrumbsTies: .breadcrumbsTies
            default: nil
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
    /// Whether a base was named; its name among the models is `ModelPart.base.name`.
    package var hasBase: Bool
    /// The slices from the input to the output.
    package var slices: [Slice]
    /// The parameters of everything.
    package var parameters: Parameters
    /// The parameters of the module that all layers belong to, which count before those of
    /// everything.
    package var moduleParameters: Parameters?
    /// The seed of all randomness, for the methods that use it.
    package var seed: UInt64
    /// The name that the file gives the merge.
    package var name: String?
    /// What people call the model that the file names as `base_model`, which may be an expert.
    package var baseTitle: String?
    /// Whether counts, signs and angles follow mergekit to the letter; records of earlier versions
    /// lack it, and are repeated as they were made.
    package var isExact: Bool?

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
        isExact = true
    }

    /// The method and the slices in one line.
    var summary: String {
        let models = Set(slices.flatMap(\.sources).map(\.model)).sorted().map(title(of:))
        let parts = slices.count == 1 ? "" : " in \(slices.count) slices"
        let title = name.map { "'\($0)', " } ?? ""
        return
            "\(title)mergekit's \(mergeMethod.rawValue) of \(models.joined(separator: ", "))\(parts)"
    }

    /// The name that the file gives a model, which for its base may be that of an expert.
    func ownName(of input: String) -> String {
        input == ModelPart.base.name ? baseTitle ?? input : input
    }

    /// What people call a model: `math (base)` where the file names the model math as its base.
    func title(of input: String) -> String {
        let name = ownName(of: input)
        return name == input ? input : "\(name) (\(input))"
    }

    /// The number of layers of the output.
    var layerCount: Int { slices.reduce(0) { $0 + $1.layerCount } }

    /// Checks slices and numbers against the shape of the models.
    ///
    /// - Throws: `MergekitError`, and the errors of the method where its numbers do not fit.
    func check(_ architecture: CheckpointArchitecture) throws {
        guard !slices.isEmpty else { throw MergekitError.noLayers(slice: nil) }
        for (number, slice) in slices.enumerated() {
            // The bounds come before any count, which would overflow between extreme ones.
            for source in slice.sources
            where source.layers.lowerBound < 0
                || source.layers.upperBound > architecture.layerCount
            {
                throw MergekitError.layers(
                    model: source.model,
                    range: source.layers,
                    layerCount: architecture.layerCount
                )
            }
            guard slice.layerCount > 0 else { throw MergekitError.noLayers(slice: number) }
            var names: Set<String> = []
            for source in slice.sources {
                guard source.layers.count == slice.layerCount else {
                    throw MergekitError.unequal(slice: number)
                }
                guard names.insert(source.model).inserted else {
                    throw MergekitError.repeated(model: source.model, slice: number)
                }
            }
        }
        for tensor in architecture.with(layerCount: layerCount).tensors {
            _ = try self.tensor(tensor).source()
        }
    }

    /// Where tensors of the output come from, once `check` has passed.
    func sources(in architecture: CheckpointArchitecture) -> [MergeSource] {
        architecture.with(layerCount: layerCount).tensors.map { tensor in
            do { return try self.tensor(tensor).source() } catch {
                preconditionFailure("checked before: \(error)")
            }
        }
    }

    /// The names under which models have the tensors of the output, where they differ.
    ///
    /// - Returns: By model and by name in the output; empty when all layers stay in their places.
    func renames(in architecture: CheckpointArchitecture) -> [String: [String: String]] {
        var renames: [String: [String: String]] = [:]
        for tensor in architecture.with(layerCount: layerCount).tensors {
            let slice = place(of: tensor).slice
            for source in slice.sources {
                let name = self.tensor(tensor).name(in: source)
                if name != tensor.name { renames[source.model, default: [:]][tensor.name] = name }
            }
        }
        return renames
    }

    /// The slice of a tensor and the number of its layer in it; nil outside of layers.
    private func place(of tensor: ArchitectureTensor) -> (slice: Slice, layer: Int?) {
        switch tensor.place {
        case .embeddings: return (slices[0], nil)
        case .finalNorm, .head: return (slices[slices.count - 1], nil)
        case .layer(var layer, _):
            for slice in slices {
                if layer < slice.layerCount { return (slice, layer) }
                layer -= slice.layerCount
            }
            preconditionFailure("the architecture has as many layers as the slices")
        }
    }

    private func tensor(_ tensor: ArchitectureTensor) -> MergekitTensor {
        let (slice, layer) = place(of: tensor)
        return MergekitTensor(merge: self, slice: slice, name: tensor.name, layer: layer)
    }
}

extension MergekitMerge.Slice {
    /// The number of its layers.
    var layerCount: Int { sources.first?.layers.count ?? 0 }
}

/// Why a mergekit configuration cannot be followed.
package enum MergekitError: Error, Hashable, CustomStringConvertible {
    /// There is no slice, or one of them has no layers.
    case noLayers(slice: Int?)
    /// The models of a slice have different numbers of layers in it.
    case unequal(slice: Int)
    /// A slice takes layers that a model does not have.
    case layers(model: String, range: Range<Int>, layerCount: Int)
    /// A slice has a model twice.
    case repeated(model: String, slice: Int)
    /// A parameter that the method needs is missing at a tensor.
    case missing(parameter: String, model: String?, tensor: String)
    /// A parameter has a value that this engine cannot follow.
    case unsupported(parameter: String, reason: String)
    /// The method has another number of models.
    case models(method: String, expected: String, found: Int)
    /// The weights of an average add up to nothing.
    case noWeight(tensor: String)

    /// What cannot be followed, and why.
    package var description: String {
        switch self {
        case .noLayers(let slice):
            "\(slice.map { "slice \($0)" } ?? "the merge") has no layers; expected one or more"
        case .unequal(let slice):
            "the models of slice \(slice) have different numbers of layers in it"
        case .layers(let model, let range, let count):
            "the layer_range of '\(model)' is [\(range.lowerBound), \(range.upperBound)]; it has "
                + "the layers 0 to \(count - 1), and the second number is the one behind the last"
        case .repeated(let model, let slice):
            "slice \(slice) has '\(model)' twice; make a slice of each range of its layers"
        case .missing(let parameter, let model, let tensor):
            "the parameter '\(parameter)'\(model.map { " of '\($0)'" } ?? "") is missing for "
                + "the tensor '\(tensor)'"
        case .unsupported(let parameter, let reason): "'\(parameter)': \(reason)"
        case .models(let method, let expected, let found):
            "\(method) takes \(expected), found \(found)"
        case .noWeight(let tensor):
            "the weights of the tensor '\(tensor)' add up to zero, and are to be divided by that"
        }
    }
}
