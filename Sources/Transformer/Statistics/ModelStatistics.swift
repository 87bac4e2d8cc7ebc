import Kernels

/// What a model's data say about its parameters: which of them matter, and in which directions.
///
/// Statistics of one model over some sequences; merges weigh models by them.
package final class ModelStatistics: Sendable {
    /// The diagonal of the Fisher information in the layout of the parameters, where it was asked
    /// for.
    package var fisher: FloatView? { fisherBuffer?.view }

    private let fisherBuffer: SharedBuffer?
    private let inputProducts: [String: SharedBuffer]

    private init(fisher: SharedBuffer?, inputProducts: [String: SharedBuffer]) {
        fisherBuffer = fisher
        self.inputProducts = inputProducts
    }

    /// XᵀX / n of the n inputs X of a linear layer, `[in, in]`, by the name of its weight; nil for
    /// other tensors.
    package func inputProduct(of tensor: String) -> FloatView? { inputProducts[tensor]?.view }

    /// The mean over sequences of the squared gradient of their log probability, element by
    /// element: the empirical Fisher information (Matena and Raffel, arXiv 2111.09832, section 3).
    ///
    /// - Parameters:
    ///   - model: The model.
    ///   - sequences: Packed sequences; each counts for itself.
    /// - Returns: Statistics with `fisher`.
    /// - Throws: What the gradient engine throws, `ModelNumberError` when a gradient is not finite.
    package static func fisher(
        of model: TransformerModel,
        on sequences: [ModelInput]
    ) throws -> ModelStatistics {
        let single = sequences.flatMap(\.segments).filter { $0.countedTokens > 0 }
        let longest = single.map(\.tokens.count).max() ?? 1
        // One thread, so that nothing depends on how many there are.
        let engine = try GradientEngine(
            model: model,
            pool: WorkerPool(threadCount: 1),
            maximumTokens: longest,
            maximumSegmentLength: longest
        )
        let sum = SharedBuffer(count: model.parameterCount)
        for sequence in single {
            engine.clearGradients()
            _ = engine.accumulateGradients(sequence)
            engine.reduceGradients()
            Elementwise.addSquares(
                of: engine.gradients,
                times: 1 / Float(single.count),
                to: sum.view
            )
        }
        guard sum.view.isFinite else { throw model.notFinite("its gradients are") }
        return ModelStatistics(fisher: sum, inputProducts: [:])
    }

    /// The products of the inputs of every linear layer (Jin et al., arXiv 2212.09849, section 3).
    ///
    /// - Parameters:
    ///   - model: The model.
    ///   - sequences: Packed sequences.
    /// - Returns: Statistics with `inputProduct`.
    /// - Throws: `ModelNumberError` when a product is not finite, `SequenceLengthError`.
    package static func inputProducts(
        of model: TransformerModel,
        on sequences: [ModelInput]
    ) throws -> ModelStatistics {
        let pool = WorkerPool(threadCount: Processor.current.coreCount)
        let observer = InputObserver(InferenceModel(model, pool: pool)) { InputSum(columns: $0) }
        for sequence in sequences where !sequence.tokens.isEmpty {
            try observer.run(sequence)
        }
        let means = Dictionary(
            uniqueKeysWithValues: observer.all.map { (ObjectIdentifier($0), $0.mean()) }
        )
        guard means.values.allSatisfy(\.view.isFinite) else {
            throw model.notFinite("the inputs of its layers are")
        }
        return ModelStatistics(
            fisher: nil,
            inputProducts: observer.byName.compactMapValues { means[ObjectIdentifier($0)] }
        )
    }
}

extension ModelInput {
    /// The sequences one by one.
    var segments: [ModelInput] {
        zip(segmentOffsets, segmentOffsets.dropFirst()).filter { $0 < $1 }.map { start, end in
            ModelInput(
                tokens: Array(tokens[start..<end]),
                segmentOffsets: [0, end - start],
                targets: Array(targets[start..<end])
            )
        }
    }
}
