import Checkpointing
import Kernels
import MergeMethods
import Transformer

/// The source of every tensor of a merged model, before anything is merged.
package struct MergePlan: Sendable {
    /// One tensor of the merged model.
    package struct Output: Sendable {
        /// Name, shape and the type in which it will be stored.
        package let description: TensorDescription
        /// Where it stands in the model.
        package let place: TensorPlace
        /// Where it comes from.
        package let source: MergeSource
        /// Whether it is stored otherwise than in the one model that it comes from: in another
        /// type, or with the change of an adapter.
        package let isConverted: Bool
        /// How many layers further on each model has it, where that is not in the same layer.
        package let shifts: [String: Int]

        /// Whether its bytes are those of a model.
        package var isCopied: Bool {
            if case .copy = source { return !isConverted }
            return false
        }
    }

    /// The method.
    package let method: MergeMethod
    /// What all models consist of.
    package let architecture: CheckpointArchitecture
    /// Exactly the tensors of the architecture, in its order.
    package let outputs: [Output]
    /// The names under which models have the tensors of the output, where layers move; by model and
    /// by name in the output.
    package let renames: [String: [String: String]]

    /// Plans a merge from names and shapes alone.
    ///
    /// - Parameters:
    ///   - method: How the models are merged.
    ///   - architecture: What the models consist of.
    ///   - elementType: The type in which each tensor is stored, by its name and those of the
    ///     models that it comes from.
    ///   - isConverted: Whether a model has a tensor otherwise than it will be stored, by the names
    ///     of tensor and model.
    /// - Throws: The errors of the method when its settings do not fit the shape or each other;
    ///   `ShapeError`.
    package init(
        _ method: MergeMethod,
        architecture: CheckpointArchitecture,
        elementType: (_ tensor: String, _ inputs: [String]) throws -> ElementType = { _, _ in
            .float32
        },
        isConverted: (_ tensor: String, _ input: String) throws -> Bool = { _, _ in false }
    ) throws {
        try method.check(architecture)
        guard !method.needsChanges else { throw LayerSwapError.changesUnknown }
        guard method.neededSentences == nil else { throw LayerSwapError.retrievalUnknown }
        self.method = method
        self.architecture = method.outputArchitecture(of: architecture)
        let sources = method.sources(in: architecture)
        let renames = method.renames(in: architecture)
        self.renames = renames
        outputs = try zip(self.architecture.tensors, sources).map { tensor, source in
            Output(
                description: try TensorDescription(
                    name: tensor.name,
                    elementType: elementType(tensor.name, source.inputs),
                    shape: tensor.shape
                ),
                place: tensor.place,
                source: source,
                isConverted: try source.inputs.count == 1
                    && source.inputs.contains { try isConverted(tensor.name, $0) },
                shifts: Self.shifts(of: tensor, source, renames)
            )
        }
    }

    /// For each layer of the output the layer of the first model that it comes from.
    var sourceLayers: [Int] {
        var layers = Array(0..<architecture.layerCount)
        for output in outputs {
            guard let layer = output.place.layer, let input = output.source.inputs.first else {
                continue
            }
            layers[layer] = layer + (output.shifts[input] ?? 0)
        }
        return layers
    }

    private static func shifts(
        of tensor: ArchitectureTensor,
        _ source: MergeSource,
        _ renames: [String: [String: String]]
    ) -> [String: Int] {
        guard let layer = tensor.layer else { return [:] }
        var shifts: [String: Int] = [:]
        for input in source.inputs {
            let number = renames[input]?[tensor.name]?.split(separator: ".").lazy
                .compactMap { Int($0) }.first
            if let number { shifts[input] = number - layer }
        }
        return shifts
    }

    /// The names of the models that are read, sorted.
    package var inputs: [String] { Self.inputs(of: outputs.map(\.source)) }

    /// The names of the models that sources read, sorted.
    static func inputs(of sources: [MergeSource]) -> [String] {
        Set(sources.flatMap(\.inputs)).sorted()
    }
}

// MARK: - Merging in memory

extension MergePlan {
    /// Merges parameters in memory; overwrites `output`, which must be none of the models.
    ///
    /// - Parameters:
    ///   - models: The flat parameters of each model by its name.
    ///   - output: The flat parameters of the merged model.
    ///   - layout: Where the tensors lie in all of them; it has exactly those of the plan.
    ///   - statistics: What the models' data say, where the method asks for it.
    ///   - workspace: The threads.
    /// - Throws: `MergeError.missingInput`, `MergeError.missingStatistics`, and
    ///   `MergeError.notFinite` whatever the method would make of such a number.
    package func merge(
        _ models: [String: FloatView],
        into output: FloatView,
        layout: ParameterLayout,
        statistics: [String: ModelStatistics] = [:],
        workspace: MergeWorkspace
    ) throws {
        for name in inputs where models[name] == nil {
            throw MergeError.missingInput(name: name, given: models.keys.sorted())
        }
        if method.statistics != nil {
            for name in inputs where statistics[name] == nil {
                throw MergeError.missingStatistics(method: method.name)
            }
        }
        for tensor in outputs {
            let name = tensor.description.name
            guard let range = layout.entry(named: name)?.range else {
                preconditionFailure("the layout has no '\(name)', which the plan has")
            }
            let inputs = tensor.source.inputs
            let sources = inputs.compactMap { models[$0]?[range] }
            let finite = FiniteCheck()
            switch tensor.source {
            case .copy:
                finite.look(at: sources, from: 0)
                output[range].copy(from: sources[0])
            case .combine(let combination):
                let known = inputs.compactMap { statistics[$0] }
                let pass = TensorPass(
                    of: name,
                    shape: tensor.description.shape,
                    sources: (sources + known.compactMap { $0.fisher?[range] })
                        .map(SourceTensor.floats),
                    workspace: workspace,
                    finite: finite
                )
                let prepared = try combination.prepare(
                    pass,
                    products: known.compactMap { $0.inputProduct(of: name) }
                )
                let target = output[range]
                pass.forEachPart(rows: prepared.needsRows) { part in
                    let start = part.place.offset
                    let output = target[start..<start + part.room.count]
                    prepared.apply(part.sources, into: output, part: part.place)
                }
            }
            if let place = finite.first {
                throw MergeError.notFinite(
                    tensor: name,
                    element: place.element,
                    // Behind the models stand what their data say of them, in the same order.
                    input: inputs[place.source % inputs.count],
                    path: "in memory"
                )
            }
        }
    }
}
