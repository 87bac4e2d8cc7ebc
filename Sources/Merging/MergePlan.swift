import Checkpointing
import Kernels
import Transformer

/// The source of every tensor of a merged model, before anything is merged.
package struct MergePlan: Sendable {
    /// One tensor of the merged model.
    package struct Output: Sendable {
        /// Name, shape and stored type.
        package let description: TensorDescription
        /// The tensor in the architecture.
        package let entry: ParameterLayout.Entry
        /// Where it comes from.
        package let source: MergeSource
    }

    /// The method.
    package let method: MergeMethod
    /// The shape of all models.
    package let configuration: ModelConfiguration
    /// Exactly the tensors of the architecture, in its order.
    package let outputs: [Output]

    /// Plans a merge from names and shapes alone.
    ///
    /// - Parameters:
    ///   - method: How the models are merged.
    ///   - configuration: Their shape.
    ///   - elementType: The stored type of each tensor by its name.
    /// - Throws: `LayerSwapError`, `WeightedAverageError` or `TaskVectorError` when the settings do
    ///   not fit the shape or each other, `ShapeError`.
    package init(
        _ method: MergeMethod,
        configuration: ModelConfiguration,
        elementType: (String) throws -> ElementType = { _ in .float32 }
    ) throws {
        try method.check(configuration)
        self.method = method
        self.configuration = configuration
        let entries = ParameterLayout(configuration).entries
        let sources = method.sources(of: entries, in: configuration)
        outputs = try zip(entries, sources).map { entry, source in
            Output(
                description: try TensorDescription(
                    name: entry.name,
                    elementType: elementType(entry.name),
                    shape: entry.shape
                ),
                entry: entry,
                source: source
            )
        }
    }

    /// The names of the models that are read, sorted.
    package var inputs: [String] { Set(outputs.flatMap(\.source.inputs)).sorted() }
}

// MARK: - Merging in memory

extension MergePlan {
    /// Merges parameters in memory; overwrites `output`, which must be none of the models.
    ///
    /// - Parameters:
    ///   - models: The flat parameters of each model by its name, in the layout of the plan.
    ///   - output: The flat parameters of the merged model.
    /// - Throws: `MergeError.missingInput`.
    package func merge(_ models: [String: FloatView], into output: FloatView) throws {
        for name in inputs where models[name] == nil {
            throw MergeError.missingInput(name: name, given: models.keys.sorted())
        }
        for tensor in outputs {
            let range = tensor.entry.range
            let sources = tensor.source.inputs.compactMap { models[$0]?[range] }
            switch tensor.source {
            case .copy: output[range].copy(from: sources[0])
            case .combine(let combination):
                let part = TensorPart(of: tensor.entry.name)
                combination.apply(sources, into: output[range], part: part)
            }
        }
    }
}

extension LayerSwap {
    /// Swaps the layers of two experts in memory; overwrites `output`.
    ///
    /// - Parameters:
    ///   - language: The flat parameters of the language expert.
    ///   - math: The flat parameters of the math expert.
    ///   - base: The flat parameters of the base, where an owner asks for it.
    ///   - configuration: The shape of all of them.
    ///   - output: The flat parameters of the merged model, none of the above.
    /// - Throws: `LayerSwapError`; `MergeError.missingInput` when the base is asked for and not
    ///   given.
    package func merge(
        language: FloatView,
        math: FloatView,
        base: FloatView? = nil,
        configuration: ModelConfiguration,
        into output: FloatView
    ) throws {
        var models = [Self.language: language, Self.math: math]
        models[Self.base] = base
        try MergePlan(.layerSwap(self), configuration: configuration).merge(models, into: output)
    }
}
