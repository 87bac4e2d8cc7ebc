import Kernels

/// Bytes that models and work on them take, from their shape alone.
///
/// Numbers are `Double`: sizes that no memory holds do not fit whole numbers either.
package struct MemoryEstimate: Sendable {
    /// Parameters of the model.
    package let parameters: Double

    private let configuration: ModelConfiguration
    private let packedWidth: Double
    private let outputWidth: Double

    /// Looks at a shape.
    package init(_ configuration: ModelConfiguration) {
        self.configuration = configuration
        let width = Double(configuration.modelWidth)
        let head = Double(configuration.headWidth)
        outputWidth = Double(configuration.headCount) * head
        packedWidth = outputWidth + 2 * Double(configuration.keyValueHeadCount) * head
        let hidden = Double(configuration.hiddenWidth)
        let family = configuration.family
        let biases = configuration.biases
        var block = 2 * width + width * (packedWidth + outputWidth) + 3 * width * hidden
        if biases.contains(.queryKeyValue) { block += packedWidth }
        if biases.contains(.attentionOutput) { block += width }
        if biases.contains(.feedForward) { block += 2 * hidden + width }
        if family.normalizesHeads { block += 2 * head }
        if family.normalizesOutputs { block += 2 * width }
        let matrices = configuration.tiedEmbeddings ? 1.0 : 2.0
        parameters =
            matrices * Double(configuration.vocabularySize) * width
            + Double(configuration.layerCount) * block + width
    }

    /// Bytes of the model in memory.
    package var modelBytes: Double { 4 * parameters }

    /// Bytes of training: weights, gradients and activations of every thread, moments.
    ///
    /// - Parameters:
    ///   - tokens: The most tokens of one batch.
    ///   - sequenceLength: The longest sequence.
    ///   - threads: Threads.
    ///   - trainedShare: The share of the parameters that has moments.
    ///   - precision: The numbers that linear layers multiply.
    /// - Returns: Bytes.
    package func trainingBytes(
        tokens: Double,
        sequenceLength: Double,
        threads: Double,
        trainedShare: Double = 1,
        precision: LinearPrecision = .float32
    ) -> Double {
        let capacity = min(
            tokens,
            max(Double(GradientEngine.standardPassTokens), sequenceLength)
        )
        let perThread = parameters + pass(capacity) + attention(sequenceLength)
        let shared =
            parameters + 2 * trainedShare * parameters
            + sequenceLength * Double(configuration.headWidth)
        let rounded = precision == .bfloat16 ? 2 * parameters : 0
        // A batch holds a token, its target and its place.
        return 4 * (threads * perThread + shared) + rounded + 12 * tokens
    }

    /// Floats that one thread keeps for some tokens on their way through the model and back.
    private func pass(_ tokens: Double) -> Double {
        let width = Double(configuration.modelWidth)
        let hidden = Double(configuration.hiddenWidth)
        let layers = Double(configuration.layerCount)
        var block =
            2 + packedWidth + outputWidth + Double(configuration.headCount) + width + 2 * hidden
        if configuration.family.normalizesHeads {
            block +=
                Double(configuration.headCount + configuration.keyValueHeadCount)
                * (Double(configuration.headWidth) + 1)
        }
        if configuration.family.normalizesOutputs { block += 2 * (width + 1) }
        let vocabulary = Double(configuration.vocabularySize)
        let chunk = max(16, min(tokens, Double(1 << 19) / max(vocabulary, 1)))
        return tokens * ((layers + 1) * width + layers * block)
            + tokens * (1 + 3 * width + hidden + outputWidth + packedWidth)
            + chunk * (vocabulary + width)
    }

    /// Floats of one thread's attention over one sequence.
    private func attention(_ length: Double) -> Double {
        let head = (Double(configuration.headWidth) / 16).rounded(.up) * 16
        let groups = Double(configuration.headCount) / Double(configuration.keyValueHeadCount)
        return length * (6 * head + 2 * max(16, groups))
    }

    /// Bytes of a model that writes: its weights, once more in the order of products, and the keys and
    /// values of every sequence that is written at a time.
    ///
    /// - Parameters:
    ///   - sequences: Sequences of all threads at a time.
    ///   - length: Tokens of one.
    /// - Returns: Bytes.
    package func writingBytes(sequences: Double, length: Double) -> Double {
        let cache = Double(configuration.layerCount) * length * (packedWidth - outputWidth)
        return 4 * (2 * parameters + sequences * cache)
    }
}
