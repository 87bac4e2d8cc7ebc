import Kernels

extension GradientPass {
    /// Everything that one pass writes, as views on its arena.
    struct Memory: Sendable {
        /// The residual stream before each block, and after the last, `[tokens, width]`.
        var streams: [MatrixView]
        var blocks: [BlockActivations]
        var finalInverseRMS: FloatView
        /// The gradient of the residual stream on its way down, `[tokens, width]`.
        var gradient: MatrixView
        var narrow: MatrixView
        var secondNarrow: MatrixView
        var hidden: MatrixView
        var attentionGradient: MatrixView
        var queryKeyValueGradient: MatrixView
        /// Logits of one chunk of counted rows, `[chunk, vocabulary]`.
        let logits: MatrixView
        /// The normalised rows of that chunk, `[chunk, width]`.
        let chosen: MatrixView

        /// A chunk of logits of about two megabytes stays in the cache of one core.
        private static let logitElements = 1 << 19

        init(
            _ arena: Arena,
            _ configuration: ModelConfiguration,
            _ attention: Attention,
            _ tokens: Int
        ) {
            let width = configuration.modelWidth
            streams = (0...configuration.layerCount).map { _ in arena.matrix(tokens, width) }
            blocks = (0..<configuration.layerCount).map { _ in
                BlockActivations(arena, configuration, attention, tokens)
            }
            finalInverseRMS = arena.vector(tokens)
            gradient = arena.matrix(tokens, width)
            narrow = arena.matrix(tokens, width)
            secondNarrow = arena.matrix(tokens, width)
            hidden = arena.matrix(tokens, configuration.hiddenWidth)
            attentionGradient = arena.matrix(tokens, attention.outputWidth)
            queryKeyValueGradient = arena.matrix(tokens, attention.packedWidth)
            let vocabulary = configuration.vocabularySize
            let chunk = max(16, min(tokens, Self.logitElements / vocabulary / 16 * 16))
            logits = arena.matrix(chunk, vocabulary)
            chosen = arena.matrix(chunk, width)
        }

        /// The first `count` rows of everything that has a row a token.
        func rows(_ count: Int) -> Memory {
            var part = self
            part.streams = streams.map { $0.rows(0..<count) }
            part.blocks = blocks.map { $0.rows(count) }
            part.finalInverseRMS = finalInverseRMS[0..<count]
            part.gradient = gradient.rows(0..<count)
            part.narrow = narrow.rows(0..<count)
            part.secondNarrow = secondNarrow.rows(0..<count)
            part.hidden = hidden.rows(0..<count)
            part.attentionGradient = attentionGradient.rows(0..<count)
            part.queryKeyValueGradient = queryKeyValueGradient.rows(0..<count)
            return part
        }
    }
}

extension BlockActivations {
    init(
        _ arena: Arena,
        _ configuration: ModelConfiguration,
        _ attention: Attention,
        _ tokens: Int
    ) {
        inputInverseRMS = arena.vector(tokens)
        queryKeyValue = arena.matrix(tokens, attention.packedWidth)
        self.attention = arena.matrix(tokens, attention.outputWidth)
        logSums = arena.matrix(tokens, attention.headCount)
        middle = arena.matrix(tokens, configuration.modelWidth)
        middleInverseRMS = arena.vector(tokens)
        gateUp = arena.matrix(tokens, 2 * configuration.hiddenWidth)
    }

    func rows(_ count: Int) -> BlockActivations {
        BlockActivations(
            inputInverseRMS: inputInverseRMS[0..<count],
            queryKeyValue: queryKeyValue.rows(0..<count),
            attention: attention.rows(0..<count),
            logSums: logSums.rows(0..<count),
            middle: middle.rows(0..<count),
            middleInverseRMS: middleInverseRMS[0..<count],
            gateUp: gateUp.rows(0..<count)
        )
    }
}
