import Kernels

/// Forward and hand-written backward pass of one thread over packed sequences.
///
/// All memory is taken when the pass is made. What the forward pass keeps for each layer is in
/// `BlockActivations`; normalised streams and the gated hidden layer are cheap and recomputed.
/// Gradients are of the summed loss: the caller divides once a step.
final class GradientPass: @unchecked Sendable {
    let configuration: ModelConfiguration
    let maximumTokens: Int

    private let arena: Arena
    let memory: Memory
    let attentionScratch: AttentionScratch
    let rotary: LayerPositions
    /// The heads of each layer.
    let attention: [Attention]
    let rules: BlockRules
    let products: LinearProduct
    /// The model's tensors.
    let parameters: ModelViews<WeightMatrix>
    /// The adapters of each block.
    let branches: [BlockBranches]
    /// Whether the activations of a block are recomputed in the backward pass.
    let recomputes: Bool
    private let operators: [BlockOperators]
    /// The rows that the loss counts, as many as the current call has at the front.
    private(set) var countedRows: [Int]
    /// What each of them has to predict.
    private(set) var countedTargets: [Int32]

    /// - Parameters:
    ///   - model: The model; its parameters may change between calls.
    ///   - options: Sizes, and what is kept.
    ///   - rotary: Tables that cover the longest sequence.
    ///   - rounded: The weights in bfloat16 when products are to be so and the model's are not.
    ///   - adapters: Adapters beside the weights, and where their gradients go.
    /// - Throws: `OneDNN.Unavailable`.
    init(
        model: TransformerModel,
        options: Options,
        rotary: LayerPositions,
        rounded: BFloat16Copy?,
        adapters: (values: LowRankAdapters, gradients: FloatView)?
    ) throws {
        configuration = model.configuration
        attention = (0..<model.configuration.layerCount)
            .map(model.configuration.attention(inLayer:))
        rules = model.configuration.blockRules
        maximumTokens = options.maximumTokens
        recomputes = options.recomputes
        self.rotary = rotary
        let configuration = model.configuration
        let attention = model.attention
        let rank = adapters?.values.rank
        let cut = Arena.cut { Memory($0, configuration, attention, options, rank: rank) }
        let memory = cut.pieces
        arena = cut.arena
        self.memory = memory
        let products =
            options.precision == .bfloat16
            ? try LinearProduct(bfloat16: rounded, capacity: memory.largestOperand)
            : LinearProduct()
        self.products = products
        parameters = model.views
        let branches = (0..<configuration.layerCount).map { layer in
            BlockBranches(layer, model.layout, adapters, memory)
        }
        self.branches = branches
        operators = zip(model.views.blocks, branches).map { block, branches in
            BlockOperators(block, products, branches)
        }
        attentionScratch = AttentionScratch(
            attention: attention,
            maximumSegmentLength: options.maximumSegmentLength
        )
        countedRows = Array(repeating: 0, count: maximumTokens)
        countedTargets = Array(repeating: 0, count: maximumTokens)
    }

    /// Sizes of a pass, and what it keeps.
    struct Options {
        /// The most tokens of one call.
        let maximumTokens: Int
        /// The longest sequence.
        let maximumSegmentLength: Int
        let precision: LinearPrecision
        /// Whether the activations of a block are recomputed in the backward pass, in place of
        /// being kept.
        let recomputes: Bool
    }

    /// The number of floats that this pass holds.
    var elementCount: Int { arena.elementCount }

    /// The summed loss of some sequences and, if asked for, its gradients.
    ///
    /// - Parameters:
    ///   - input: The sequences of all threads.
    ///   - segments: Which of them are this pass's own; none when other threads, with which this
    ///     one adds up gradients, still have some.
    ///   - gradients: Which gradients are added, and where; nil for the loss alone.
    /// - Returns: The summed loss and the number of counted tokens.
    func run(
        _ input: ModelInput,
        segments: Range<Int>,
        gradients: RequestedGradients?
    ) -> LossSum {
        let isAwaited = gradients?.exchange != nil
        guard !segments.isEmpty || isAwaited else { return LossSum() }
        let start = input.segmentOffsets[segments.lowerBound]
        let end = input.segmentOffsets[segments.upperBound]
        precondition(end - start <= maximumTokens, "\(end - start) tokens for \(maximumTokens)")
        let part = PackedSegments(input.segmentOffsets).part(segments)
        let pass = PassMemory(memory, rows: end - start)
        return input.tokens.withUnsafeBufferPointer { all in
            let tokens = UnsafeBufferPointer(rebasing: all[start..<end])
            let counted = collectTargets(input.targets[start..<end])
            forward(tokens, part, pass)
            let loss = head(gradients, pass, counted: counted)
            if let gradients, counted > 0 || isAwaited {
                backward(tokens, part, gradients, pass)
            }
            return loss
        }
    }

    private func collectTargets(_ targets: ArraySlice<Int32>) -> Int {
        var counted = 0
        for (row, target) in targets.enumerated() where target != ModelInput.ignoredTarget {
            countedRows[counted] = row
            countedTargets[counted] = target
            counted += 1
        }
        return counted
    }

    private func forward(
        _ tokens: UnsafeBufferPointer<Int32>,
        _ segments: PackedSegments,
        _ pass: PassMemory
    ) {
        Embedding.forward(
            tokens: tokens,
            table: parameters.embedding,
            output: pass.stream(0)
        )
        if let scale = configuration.embeddingScale {
            let embedded = pass.stream(0).elements
            Elementwise.scale(embedded, by: scale, into: embedded)
        }
        for layer in operators.indices {
            runBlock(layer, segments, pass, output: pass.stream(layer + 1))
        }
    }

    /// The forward pass of one block, from the stream before it.
    ///
    /// - Parameters:
    ///   - layer: The block.
    ///   - segments: The sequences.
    ///   - pass: Gets what the block leaves behind.
    ///   - output: The stream behind the block; nil when only what it leaves behind is wanted.
    func runBlock(
        _ layer: Int,
        _ segments: PackedSegments,
        _ pass: PassMemory,
        output: MatrixView?
    ) {
        let kept = pass.block(layer)
        BlockForward.run(
            input: pass.stream(layer),
            output: output,
            operators: operators[layer],
            activations: kept,
            scratch: BlockScratch(narrow: pass.narrow, hidden: pass.hidden),
            rules: rules,
            attention: attention[layer]
        ) {
            rotary[layer].rotate(
                kept.queryKeyValue,
                headCount: attention[layer].queryKeyHeadCount,
                segments: segments
            )
            attention[layer].forward(
                packed: kept.queryKeyValue,
                segments: segments,
                output: kept.attention,
                logSums: kept.logSums,
                scratch: attentionScratch
            )
        }
    }
}
