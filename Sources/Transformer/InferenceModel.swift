import Kernels

/// A model arranged for scoring and generation: packed weights that all threads read.
///
/// Every result is independent of what else is in the batch (see `PackedMatrix`).
final class InferenceModel: Sendable {
    let model: TransformerModel
    let configuration: ModelConfiguration
    /// The heads of each layer.
    let attention: [Attention]
    let embedding: WeightMatrix
    let blocks: [BlockOperators]
    let finalNorm: FloatView
    let head: LinearOperator

    /// Copies the weights of a model; later changes of the model are not seen.
    ///
    /// - Parameters:
    ///   - model: The model.
    ///   - halves: Which weights are kept in bfloat16.
    ///   - pool: The threads that arrange them; no number depends on how many there are.
    init(
        _ model: TransformerModel,
        halves: PackedMatrix.Halves = .whenExact,
        pool: WorkerPool
    ) {
        self.model = model
        configuration = model.configuration
        attention = (0..<model.configuration.layerCount)
            .map(model.configuration.attention(inLayer:))
        let views = model.views
        embedding = views.embedding
        // Each piece is a block, and the last one the head.
        let count = views.blocks.count
        var blocks = [BlockOperators?](repeating: nil, count: count)
        var head = [LinearOperator?](repeating: nil, count: 1)
        blocks.withUnsafeMutableBufferPointer { blocks in
            head.withUnsafeMutableBufferPointer { head in
                let (blocks, head) = (SharedSlots(blocks), SharedSlots(head))
                pool.perform(count: count + 1) { piece in
                    func packed(_ weight: WeightMatrix) -> LinearOperator {
                        .packed(PackedMatrix(weight, halves: halves))
                    }
                    if piece == 0 {
                        head[0] = packed(views.head)
                    } else {
                        blocks[piece - 1] = BlockOperators(views.blocks[piece - 1], wrap: packed)
                    }
                }
            }
        }
        self.blocks = blocks.compactMap(\.self)
        finalNorm = views.finalNorm
        self.head = head[0] ?? .packed(PackedMatrix(views.head, halves: halves))
    }

    /// The same model, weights shared, each product worked out by all threads of a pool together.
    ///
    /// Results are the same, bit by bit. Only the thread that may use the pool may use the model.
    init(sharing other: InferenceModel, on pool: WorkerPool) {
        model = other.model
        configuration = other.configuration
        attention = other.attention
        embedding = other.embedding
        func shared(_ layer: LinearOperator) -> LinearOperator {
            guard case .packed(let weight) = layer else { return layer }
            return .shared(weight, pool)
        }
        blocks = other.blocks.map { BlockOperators($0, wrap: shared) }
        finalNorm = other.finalNorm
        head = shared(other.head)
    }

    /// Bytes of the weights that each new token reads.
    var weightBytes: Int {
        (blocks.flatMap { [$0.queryKeyValue, $0.attentionOutput, $0.gateUp, $0.down] } + [head])
            .reduce(0) { sum, layer in
                if case .packed(let weight) = layer { sum + weight.byteCount } else { sum }
            }
    }

    /// The same model, weights shared, with sinks that see what comes into the layers of its
    /// blocks.
    ///
    /// - Parameters:
    ///   - other: The model; not observed itself.
    ///   - sink: Makes the sink of a layer from the number of its block and of its input's columns,
    ///     in the order in which a block applies its layers.
    init(observing other: InferenceModel, sink: (_ block: Int, _ columns: Int) -> any InputSink) {
        model = other.model
        configuration = other.configuration
        attention = other.attention
        embedding = other.embedding
        blocks = other.blocks.enumerated().map { block, operators in
            BlockOperators(operators) { layer in
                guard case .packed(let weight) = layer else { return layer }
                return .observed(weight, sink(block, weight.inputWidth))
            }
        }
        finalNorm = other.finalNorm
        head = other.head
    }

    /// Rotary tables for sequences up to a length.
    ///
    /// - Throws: `SequenceLengthError`.
    func rotary(positionCount: Int) throws -> LayerPositions {
        try LayerPositions(configuration, positionCount: positionCount)
    }
}

/// Working memory of one thread for forward passes over some number of tokens.
final class InferencePass: @unchecked Sendable {
    private let inference: InferenceModel
    private let arena: Arena
    private let memory: Memory
    let scratch: AttentionScratch
    let maximumTokens: Int

    private struct Memory {
        let stream: MatrixView
        let activations: BlockActivations
        let narrow: MatrixView
        let hidden: MatrixView
        let inverseRMS: FloatView
        let chosen: MatrixView
        let logits: MatrixView
    }

    /// - Parameters:
    ///   - inference: The model.
    ///   - maximumTokens: The most tokens of one call.
    ///   - maximumSegmentLength: The longest sequence.
    init(_ inference: InferenceModel, maximumTokens: Int, maximumSegmentLength: Int) {
        self.inference = inference
        self.maximumTokens = maximumTokens
        let configuration = inference.configuration
        let attention = inference.model.attention
        let logitRows = min(Self.logitRows, max(maximumTokens, 1))
        (arena, memory) = Arena.cut { arena in
            let width = configuration.modelWidth
            return Memory(
                stream: arena.matrix(maximumTokens, width),
                activations: BlockActivations(
                    arena,
                    configuration,
                    attention,
                    maximumTokens,
                    goesBack: false
                ),
                narrow: arena.matrix(maximumTokens, width),
                hidden: arena.matrix(maximumTokens, configuration.hiddenWidth),
                inverseRMS: arena.vector(maximumTokens),
                chosen: arena.matrix(logitRows, width),
                logits: arena.matrix(logitRows, configuration.vocabularySize)
            )
        }
        scratch = AttentionScratch(
            attention: attention,
            maximumSegmentLength: maximumSegmentLength
        )
    }

    /// The most rows of logits that exist at a time.
    private static let logitRows = 64

    /// Runs all blocks and the final norm.
    ///
    /// - Parameters:
    ///   - tokens: The tokens, at most `maximumTokens`.
    ///   - observeStream: Sees the residual stream, `[tokens, width]`, as number 0 behind the
    ///     embeddings and as number l + 1 behind block l.
    ///   - attend: Turns the queries, keys and values of a layer to their positions, attends, and
    ///     writes the heads side by side: (layer, queries keys and values, heads, log sums).
    /// - Returns: The normalised stream, `[tokens, width]`, valid until the next call.
    func run(
        _ tokens: [Int32],
        observeStream: (Int, MatrixView) throws -> Void,
        attend: (Int, MatrixView, MatrixView, MatrixView) -> Void
    ) rethrows -> MatrixView {
        precondition(tokens.count <= maximumTokens)
        let rows = 0..<tokens.count
        let stream = memory.stream.rows(rows)
        let kept = memory.activations.rows(tokens.count)
        let narrow = memory.narrow.rows(rows)
        tokens.withUnsafeBufferPointer {
            Embedding.forward(tokens: $0, table: inference.embedding, output: stream)
        }
        if let scale = inference.configuration.embeddingScale {
            Elementwise.scale(stream.elements, by: scale, into: stream.elements)
        }
        let rules = inference.configuration.blockRules
        try observeStream(0, stream)
        for (layer, operators) in inference.blocks.enumerated() {
            BlockForward.run(
                input: stream,
                output: stream,
                operators: operators,
                activations: kept,
                scratch: BlockScratch(narrow: narrow, hidden: memory.hidden.rows(rows)),
                rules: rules,
                attention: inference.attention[layer]
            ) {
                attend(layer, kept.queryKeyValue, kept.attention, kept.logSums)
            }
            try observeStream(layer + 1, stream)
        }
        RMSNorm.forward(
            input: stream,
            gain: inference.finalNorm,
            offset: rules.gainOffset,
            epsilon: rules.epsilon,
            output: narrow,
            inverseRMS: memory.inverseRMS[rows]
        )
        return narrow
    }

    /// Runs all blocks and the final norm, unseen.
    func run(
        _ tokens: [Int32],
        attend: (Int, MatrixView, MatrixView, MatrixView) -> Void
    ) -> MatrixView {
        run(tokens, observeStream: { _, _ in }, attend: attend)
    }

    /// Runs all blocks over packed sequences; nobody sees the residual stream.
    func runPacked(
        _ tokens: [Int32],
        segments: PackedSegments,
        rotary: LayerPositions,
        observe: (Int, MatrixView) -> Void = { _, _ in }
    ) -> MatrixView {
        runPacked(
            tokens,
            segments: segments,
            rotary: rotary,
            observe: observe,
            observeStream: { _, _ in }
        )
    }

    /// Runs all blocks over packed sequences.
    ///
    /// - Parameters:
    ///   - tokens: The tokens of all sequences.
    ///   - segments: The sequences.
    ///   - rotary: Tables that cover the longest sequence.
    ///   - observe: Sees the queries, keys and values of each layer, already turned.
    ///   - observeStream: Sees the residual streams, as in `run`.
    /// - Returns: The normalised stream, `[tokens, width]`, valid until the next call.
    func runPacked(
        _ tokens: [Int32],
        segments: PackedSegments,
        rotary: LayerPositions,
        observe: (Int, MatrixView) -> Void = { _, _ in },
        observeStream: (Int, MatrixView) throws -> Void
    ) rethrows -> MatrixView {
        try run(tokens, observeStream: observeStream) { layer, packed, heads, logSums in
            let attention = inference.attention[layer]
            rotary[layer].rotate(
                packed,
                headCount: attention.queryKeyHeadCount,
                segments: segments
            )
            attention.forward(
                packed: packed,
                segments: segments,
                output: heads,
                logSums: logSums,
                scratch: scratch
            )
            observe(layer, packed)
        }
    }

    /// Makes the logits of some rows of a normalised stream, a few at a time: the one way to
    /// logits.
    ///
    /// - Parameters:
    ///   - rows: Rows of `stream`.
    ///   - stream: What `run` returned.
    ///   - name: What the logits of a place in `rows` follow, such as "token 3 of sequence 1".
    ///   - body: Gets a range of places in `rows` and their logits, `[range, vocabulary]`.
    /// - Throws: `ModelNumberError` when a logit is not finite, before `body` sees it.
    func forEachLogits(
        of rows: [Int],
        in stream: MatrixView,
        name: (Int) -> String,
        _ body: (Range<Int>, MatrixView) -> Void
    ) throws {
        var first = 0
        while first < rows.count {
            let range = first..<min(first + memory.logits.rows, rows.count)
            let chosen = memory.chosen.rows(0..<range.count)
            let logits = memory.logits.rows(0..<range.count)
            for place in range { chosen.row(place - first).copy(from: stream.row(rows[place])) }
            inference.head.apply(chosen, into: logits)
            for place in range where !logits.row(place - first).isFinite {
                throw inference.model.notFinite("the logits after \(name(place)) are")
            }
            body(range, logits)
            first = range.upperBound
        }
    }
}
