import Kernels

/// Bytes that models and work on them take, from their shape alone.
///
/// Numbers are `Double`: sizes that no memory holds do not fit whole numbers either.
package struct MemoryEstimate: Sendable {
    /// Parameters of the model.
    package let parameters: Double

    /// Parameters that are not in matrices: gains and biases.
    package let vectorParameters: Double

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
        let blockMatrices = width * (packedWidth + outputWidth) + 3 * width * hidden
        vectorParameters = Double(configuration.layerCount) * (block - blockMatrices) + width
        let matrices = configuration.tiedEmbeddings ? 1.0 : 2.0
        parameters =
            matrices * Double(configuration.vocabularySize) * width
            + Double(configuration.layerCount) * block + width
    }

    /// Bytes of the model in memory.
    package var modelBytes: Double { 4 * parameters }

    /// Bytes of the model in memory with matrices in a precision; vectors are floats always.
    package func modelBytes(_ precision: LinearPrecision) -> Double {
        precision == .float32 ? modelBytes : 2 * parameters + 4 * vectorParameters
    }

    /// Elements of adapters of a rank on all linear layers of all blocks.
    package func adapterElements(rank: Double) -> Double {
        let width = Double(configuration.modelWidth)
        let hidden = Double(configuration.hiddenWidth)
        // Each weight has rank · (in + out): query, key, value; output; gate, up; down.
        let sides =
            3 * width + packedWidth + (width + outputWidth) + 2 * (width + hidden)
            + (width + hidden)
        return rank * Double(configuration.layerCount) * sides
    }

    /// What a training run keeps besides the usual.
    package struct Training: Sendable {
        /// The most tokens of one batch.
        package var tokens: Double
        /// The longest sequence.
        package var sequenceLength: Double
        /// Threads.
        package var threads: Double
        /// The share of the parameters that is updated, and has gradients and moments.
        package var trainedShare = 1.0
        /// The numbers that linear layers multiply.
        package var precision = LinearPrecision.float32
        /// Elements of the adapters that are trained in place of the weights; nil without adapters.
        package var adapterElements: Double?
        /// How frozen weights beside adapters are kept.
        package var frozen = LinearPrecision.float32
        /// Whether the activations of a block are recomputed in the backward pass.
        package var recomputes = false

        /// Training of all parameters in single precision.
        package init(tokens: Double, sequenceLength: Double, threads: Double) {
            self.tokens = tokens
            self.sequenceLength = sequenceLength
            self.threads = threads
        }
    }

    /// Bytes of training: weights, gradients and activations of every thread, moments.
    package func trainingBytes(_ training: Training) -> Double {
        let threads = training.threads
        let capacity = min(
            training.tokens,
            max(Double(GradientEngine.standardPassTokens), training.sequenceLength)
        )
        let activations =
            pass(capacity, recomputes: training.recomputes) + attention(training.sequenceLength)
        let isLarge = parameters >= Double(GradientEngine.sharedGradientParameters)
        let tables = training.sequenceLength * Double(configuration.headWidth)
        var bytes = 4 * (threads * activations + tables)
        if training.precision == .bfloat16, training.frozen == .float32 { bytes += 2 * parameters }
        if let adapters = training.adapterElements, isLarge || training.frozen == .bfloat16 {
            // Values and both moments once, gradients for each thread, and a projection of each
            // token.
            bytes += modelBytes(training.frozen) + 4 * (3 + threads) * adapters
            bytes += 4 * threads * vectorParameters
        } else if let adapters = training.adapterElements {
            // The weights once more as they were, gradients of all of them, and those of adapters.
            bytes += 4 * (parameters * (2 + threads) + 5 * adapters)
        } else {
            let gradients = (isLarge ? 1 : threads) * training.trainedShare * parameters
            bytes += 4 * (parameters + gradients + 2 * training.trainedShare * parameters)
        }
        // A batch holds a token, its target and its place.
        return bytes + 12 * training.tokens
    }

    /// Floats that one thread keeps for some tokens on their way through the model and back.
    private func pass(_ tokens: Double, recomputes: Bool) -> Double {
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
        let chunk = LogitChunk.rows(vocabulary: vocabulary, tokens: tokens)
        return tokens * ((layers + 1) * width + (recomputes ? 1 : layers) * block)
            + tokens * (1 + 3 * width + hidden + outputWidth + packedWidth)
            + chunk * (vocabulary + width)
    }

    /// Floats of one thread's attention over one sequence.
    private func attention(_ length: Double) -> Double {
        let head = (Double(configuration.headWidth) / 16).rounded(.up) * 16
        let groups = Double(configuration.headCount) / Double(configuration.keyValueHeadCount)
        return length * (6 * head + 2 * max(16, groups))
    }

    /// Bytes of a model that writes: its weights, once more in the order of products, and the keys
    /// and values of every sequence that is written at a time.
    ///
    /// - Parameters:
    ///   - sequences: Sequences of all threads at a time.
    ///   - length: Tokens of one.
    ///   - precision: How the weights in the order of products are kept.
    /// - Returns: Bytes.
    package func writingBytes(
        sequences: Double,
        length: Double,
        precision: LinearPrecision = .float32
    ) -> Double {
        let cache = Double(configuration.layerCount) * length * (packedWidth - outputWidth)
        return modelBytes + modelBytes(precision) + 4 * sequences * cache
    }
}
