import Kernels

extension GradientPass {
    /// Everything that one pass writes, as views on its arena.
    struct Memory: Sendable {
        /// The residual stream before each block, and after the last, `[tokens, width]`.
        let streams: [MatrixView]
        let blocks: [BlockActivations]
        let finalInverseRMS: FloatView
        /// The gradient of the residual stream on its way down, `[tokens, width]`.
        let gradient: MatrixView
        let narrow: MatrixView
        let secondNarrow: MatrixView
        let hidden: MatrixView
        let attentionGradient: MatrixView
        let queryKeyValueGradient: MatrixView
        /// Logits of one chunk of counted rows, `[chunk, vocabulary]`.
        let logits: MatrixView
        /// The normalised rows of that chunk, `[chunk, width]`.
        let chosen: MatrixView

        /// Room for what adapters project to, `[tokens, rank]`; nil without adapters.
        let projection: MatrixView?

        init(
            _ arena: Arena,
            _ configuration: ModelConfiguration,
            _ attention: Attention,
            _ options: Options,
            rank: Int?
        ) {
            let tokens = options.maximumTokens
            let width = configuration.modelWidth
            streams = (0...configuration.layerCount).map { _ in arena.matrix(tokens, width) }
            func block() -> BlockActivations {
                BlockActivations(arena, configuration, attention, tokens, goesBack: true)
            }
            blocks =
                options.recomputes
                ? Array(repeating: block(), count: configuration.layerCount)
                : (0..<configuration.layerCount).map { _ in block() }
            finalInverseRMS = arena.vector(tokens)
            gradient = arena.matrix(tokens, width)
            narrow = arena.matrix(tokens, width)
            secondNarrow = arena.matrix(tokens, width)
            hidden = arena.matrix(tokens, configuration.hiddenWidth)
            attentionGradient = arena.matrix(tokens, attention.outputWidth)
            queryKeyValueGradient = arena.matrix(tokens, attention.packedWidth)
            let chunk = LogitChunk.rows(
                vocabulary: configuration.vocabularySize,
                tokens: tokens
            )
            logits = arena.matrix(chunk, configuration.vocabularySize)
            chosen = arena.matrix(chunk, width)
            projection = rank.map { arena.matrix(tokens, $0) }
        }

        /// Elements of the largest matrix that takes part in a product, weights apart.
        var largestOperand: Int {
            ([narrow, hidden, attentionGradient, queryKeyValueGradient, logits, chosen]
                + blocks.flatMap { [$0.gateUp, $0.attention] })
                .map { $0.rows * $0.columns }.max() ?? 0
        }
    }

    /// The rows of the memory that one call uses.
    struct PassMemory {
        private let memory: Memory
        private let rows: Range<Int>

        init(_ memory: Memory, rows: Int) {
            self.memory = memory
            self.rows = 0..<rows
        }

        func stream(_ index: Int) -> MatrixView { memory.streams[index].rows(rows) }
        func block(_ layer: Int) -> BlockActivations { memory.blocks[layer].rows(rows.count) }
        var finalInverseRMS: FloatView { memory.finalInverseRMS[rows] }
        var gradient: MatrixView { memory.gradient.rows(rows) }
        var narrow: MatrixView { memory.narrow.rows(rows) }
        var secondNarrow: MatrixView { memory.secondNarrow.rows(rows) }
        var hidden: MatrixView { memory.hidden.rows(rows) }
        var attentionGradient: MatrixView { memory.attentionGradient.rows(rows) }
        var queryKeyValueGradient: MatrixView { memory.queryKeyValueGradient.rows(rows) }
    }
}

/// How many rows of logits exist at a time.
enum LogitChunk {
    /// A chunk of about two megabytes stays in the cache of one core.
    private static let cachedElements = 1 << 19
    /// With a large vocabulary so few rows would read the whole head for next to nothing; 32 MB of
    /// logits are still little beside such a head.
    private static let largeElements = 1 << 23
    /// Vocabularies above this are large.
    private static let largeVocabulary = 1 << 14

    /// The rows of a chunk for sizes that need not be whole numbers.
    static func rows(vocabulary: Double, tokens: Double) -> Double {
        let elements = vocabulary > Double(largeVocabulary) ? largeElements : cachedElements
        return max(16, min(tokens, Double(elements) / max(vocabulary, 1)))
    }

    /// The rows of a chunk, 16 at least: as many as there are tokens where they fit, and otherwise a
    /// multiple of 16.
    static func rows(vocabulary: Int, tokens: Int) -> Int {
        let elements = vocabulary > largeVocabulary ? largeElements : cachedElements
        return max(16, min(tokens, elements / max(vocabulary, 1) / 16 * 16))
    }
}

extension BlockActivations {
    init(
        _ arena: Arena,
        _ configuration: ModelConfiguration,
        _ attention: Attention,
        _ tokens: Int,
        goesBack: Bool
    ) {
        inputInverseRMS = arena.vector(tokens)
        queryKeyValue = arena.matrix(tokens, attention.packedWidth)
        self.attention = arena.matrix(tokens, attention.outputWidth)
        logSums = arena.matrix(tokens, attention.headCount)
        middle = arena.matrix(tokens, configuration.modelWidth)
        middleInverseRMS = arena.vector(tokens)
        gateUp = arena.matrix(tokens, 2 * configuration.hiddenWidth)
        let family = configuration.family
        headNorm =
            family.normalizesHeads
            ? HeadNormActivations(
                inputs: goesBack ? arena.matrix(tokens, configuration.queryKeyWidth) : nil,
                inverseRMS: arena.matrix(attention.queryKeyHeadCount, tokens)
            ) : nil
        func output() -> NormInput? {
            guard family.normalizesOutputs else { return nil }
            return NormInput(
                values: arena.matrix(tokens, configuration.modelWidth),
                inverseRMS: arena.vector(tokens)
            )
        }
        attentionOutput = output()
        feedForwardOutput = output()
    }

    func rows(_ count: Int) -> BlockActivations {
        BlockActivations(
            inputInverseRMS: inputInverseRMS[0..<count],
            queryKeyValue: queryKeyValue.rows(0..<count),
            attention: attention.rows(0..<count),
            logSums: logSums.rows(0..<count),
            middle: middle.rows(0..<count),
            middleInverseRMS: middleInverseRMS[0..<count],
            gateUp: gateUp.rows(0..<count),
            headNorm: headNorm.map {
                HeadNormActivations(
                    inputs: $0.inputs?.rows(0..<count),
                    inverseRMS: $0.inverseRMS.columns(0..<count)
                )
            },
            attentionOutput: attentionOutput?.rows(count),
            feedForwardOutput: feedForwardOutput?.rows(count)
        )
    }
}

extension NormInput {
    func rows(_ count: Int) -> NormInput {
        NormInput(values: values.rows(0..<count), inverseRMS: inverseRMS[0..<count])
    }
}
