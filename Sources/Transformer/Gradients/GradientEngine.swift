import Kernels

/// Losses and gradients of a model over packed batches, on all threads.
///
/// The sequences of a batch are shared out by tokens, one contiguous run a thread; each thread has
/// its own activations and, but for the first, its own gradients, which are added up in fixed order.
/// One number of threads gives the same bytes every time.
package final class GradientEngine: @unchecked Sendable {
    /// The model whose gradients are taken.
    package let model: TransformerModel
    /// The most tokens of one batch.
    package let maximumTokens: Int

    private let pool: WorkerPool
    private let passes: [GradientPass]
    private let gradientBuffers: [SharedBuffer]
    private let parameterViews: ModelViews
    private let roundedParameters: BFloat16Copy?
    private let gradientViews: [ModelViews]
    private let losses: WorkerSlots<LossSum>
    /// What the threads are working on.
    private var current: (input: ModelInput, demand: GradientDemand?)?
    /// Asks for all gradients.
    private let everything: GradientDemand

    /// Tokens that a thread takes through the model at a time.
    ///
    /// Few enough that the activations of a
    /// block stay near the core, many enough that matrix products run at full rate.
    package static let standardPassTokens = 512

    private let passTokens: Int

    /// Elements that one piece of a reduction adds up; fixed, so that no sum depends on threads.
    private static let reductionRun = 1 << 14

    /// Takes all memory that batches up to a size need.
    ///
    /// - Parameters:
    ///   - model: The model; its parameters may change between calls.
    ///   - pool: The threads.
    ///   - maximumTokens: The most tokens of one batch.
    ///   - maximumSegmentLength: The longest sequence.
    ///   - passTokens: Tokens that a thread takes through the model at a time; decides the order of
    ///     sums.
    ///   - precision: The numbers that linear layers multiply.
    /// - Throws: `OneDNN.Unavailable` for bfloat16 where it cannot be had, `SequenceLengthError`.
    package init(
        model: TransformerModel,
        pool: WorkerPool,
        maximumTokens: Int,
        maximumSegmentLength: Int,
        passTokens: Int = standardPassTokens,
        precision: LinearPrecision = .float32
    ) throws {
        self.model = model
        self.pool = pool
        self.maximumTokens = maximumTokens
        let rotary = try LayerPositions(model.configuration, positionCount: maximumSegmentLength)
        self.passTokens = passTokens
        let capacity = min(maximumTokens, max(passTokens, maximumSegmentLength))
        let rounded = precision == .bfloat16 ? BFloat16Copy(of: model.parameters) : nil
        roundedParameters = rounded
        passes = try (0..<pool.threadCount).map { _ in
            try GradientPass(
                model: model,
                maximumTokens: capacity,
                maximumSegmentLength: maximumSegmentLength,
                rotary: rotary,
                rounded: rounded
            )
        }
        gradientBuffers = (0..<pool.threadCount).map { _ in
            SharedBuffer(count: model.parameterCount)
        }
        let layout = model.layout
        let configuration = model.configuration
        gradientViews = gradientBuffers.map {
            ModelViews($0.view, layout: layout, configuration: configuration)
        }
        parameterViews = model.views
        everything = GradientDemand(layout.entries, of: configuration)
        losses = WorkerSlots(repeating: LossSum(), count: pool.threadCount)
    }

    /// The gradients of everything since `clearGradients`, in the layout of the parameters.
    package var gradients: FloatView { gradientBuffers[0].view }

    /// The number of bytes of activations and gradients.
    package var byteCount: Int {
        4 * (passes.reduce(0) { $0 + $1.elementCount } + passes.count * model.parameterCount)
    }

    /// Sets all gradients to zero.
    package func clearGradients() {
        let pieces = reductionRuns * gradientBuffers.count
        pool.performPrepared(count: pieces) { [self] in clearPiece($0) }
    }

    private func clearPiece(_ piece: Int) {
        gradientBuffers[piece / reductionRuns].view[reductionRange(piece % reductionRuns)].fill(0)
    }

    private var reductionRuns: Int {
        (model.parameterCount + Self.reductionRun - 1) / Self.reductionRun
    }

    private func reductionRange(_ run: Int) -> Range<Int> {
        let start = run * Self.reductionRun
        return start..<min(start + Self.reductionRun, model.parameterCount)
    }

    /// Adds the gradients of the summed loss of a batch; call `reduceGradients` after the last one.
    ///
    /// - Parameters:
    ///   - input: Packed sequences.
    ///   - demand: Which gradients are asked for; nil asks for all.
    /// - Returns: The summed loss and the number of counted tokens.
    package func accumulateGradients(
        _ input: ModelInput,
        demand: GradientDemand? = nil
    ) -> LossSum {
        run(input, demand: demand ?? everything)
    }

    /// The summed loss of a batch; gradients are left as they are.
    package func loss(_ input: ModelInput) -> LossSum {
        run(input, demand: nil)
    }

    /// Adds the gradients of the other threads to those of the first, in the order of threads.
    package func reduceGradients() {
        guard gradientBuffers.count > 1 else { return }
        pool.performPrepared(count: reductionRuns) { [self] in reducePiece($0) }
    }

    private func reducePiece(_ piece: Int) {
        let range = reductionRange(piece)
        for other in 1..<gradientBuffers.count {
            Elementwise.add(gradientBuffers[other].view[range], to: gradients[range])
        }
    }

    /// The loss, and the gradients that are asked for; nil asks for none.
    private func run(_ input: ModelInput, demand: GradientDemand?) -> LossSum {
        guard input.segmentOffsets.count > 1 else { return LossSum() }
        // The parameters may have changed since the last call.
        roundedParameters?.refresh(on: pool)
        current = (input, demand)
        defer { current = nil }
        pool.performPrepared(count: pool.threadCount) { [self] in runShare(of: $0) }
        return losses.reduce(into: LossSum()) { $0 += $1 }
    }

    private func runShare(of thread: Int) {
        guard let (input, demand) = current else { return }
        var loss = LossSum()
        var rest = Self.share(of: thread, threads: pool.threadCount, offsets: input.segmentOffsets)
        while !rest.isEmpty {
            let part = Self.head(of: rest, offsets: input.segmentOffsets, passTokens)
            loss += passes[thread].run(
                input,
                segments: part,
                parameters: parameterViews,
                gradients: demand.map { RequestedGradients(gradientViews[thread], $0) }
            )
            rest = part.upperBound..<rest.upperBound
        }
        losses[thread] = loss
    }

    /// The first sequences of a run that fit `tokens` together, or one that does not fit alone.
    private static func head(of run: Range<Int>, offsets: [Int], _ tokens: Int) -> Range<Int> {
        var end = run.lowerBound + 1
        while end < run.upperBound, offsets[end + 1] - offsets[run.lowerBound] <= tokens {
            end += 1
        }
        return run.lowerBound..<end
    }

    /// A thread's own run of sequences, such that all have about the same number of tokens.
    static func share(of thread: Int, threads: Int, offsets: [Int]) -> Range<Int> {
        /// The first sequence that begins at or after a thread's part of the tokens.
        func border(_ thread: Int) -> Int {
            guard thread < threads else { return offsets.count - 1 }
            let tokens = offsets[offsets.count - 1] * thread / threads
            var border = 0
            while offsets[border] < tokens { border += 1 }
            return border
        }
        return border(thread)..<border(thread + 1)
    }
}
