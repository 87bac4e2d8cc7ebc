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
