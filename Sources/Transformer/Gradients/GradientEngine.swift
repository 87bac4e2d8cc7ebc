import Kernels

/// Losses and gradients of a model over packed batches, on all threads.
///
/// The sequences of a batch are shared out by tokens, one contiguous run a thread; each thread has
/// its own activations. Threads of a small model also have gradients of their own, which are added
/// up in fixed order; threads of a large one fill one buffer together. One number of threads gives
/// the same bytes every time.
package final class GradientEngine: @unchecked Sendable {
    /// What an engine does besides the usual.
    package struct Options: Sendable {
        /// Tokens that a thread takes through the model at a time; decides the order of sums.
        package var passTokens = GradientEngine.standardPassTokens
        /// The numbers that linear layers multiply.
        package var precision = LinearPrecision.float32
        /// Whether the activations of a block are computed again on the way back, in place of being
        /// kept.
        ///
        /// The same gradients, bit by bit, in less memory and a third more time.
        package var recomputes = false
        /// The tensors whose gradients will be asked for; nil for all.
        ///
        /// Others take no memory.
        package var trained: [ParameterLayout.Entry]?
        /// Adapters that are trained in place of the weights, which have no gradients then.
        package var adapters: LowRankAdapters?
        /// Whether all threads fill one buffer of gradients; decides the order of sums.
        ///
        /// Nil looks at the size of the model.
        package var sharesGradients: Bool?
        /// Which part of each batch this process takes, and of how many.
        ///
        /// The parts of all processes together are those of as many times the threads in one.
        package var process = (index: 0, count: 1)

        /// The usual: everything is trained in single precision.
        package init() {}
    }

    /// The model whose gradients are taken.
    package let model: TransformerModel
    /// The most tokens of one batch.
    package let maximumTokens: Int

    private let pool: WorkerPool
    private let passes: [GradientPass]
    private let storage: GradientStorage
    private let exchange: GradientExchange?
    private let sections: SectionProgress
    private let process: (index: Int, count: Int)
    private let roundedParameters: BFloat16Copy?
    /// The gradients of adapters, one buffer a thread.
    private let adapterBuffers: [SharedBuffer]
    private let losses: WorkerSlots<LossSum>
    /// What the threads are working on.
    private var current: Work?
    /// Whether the gradients of the threads are added up.
    private var isReduced = false
    /// Asks for all gradients.
    private let everything: GradientDemand

    /// Tokens that a thread takes through the model at a time.
    ///
    /// Few enough that the activations of a block stay near the core, many enough that matrix
    /// products run at full rate.
    package static let standardPassTokens = 512

    /// Parameters from which on all threads fill one buffer of gradients.
    ///
    /// A second buffer of this size is a quarter of a gigabyte, and adding it to the first takes
    /// longer than the threads wait for each other.
    package static let sharedGradientParameters = 1 << 26

    private let passTokens: Int

    /// What the threads do with a batch.
    private struct Work {
        let input: ModelInput
        let demand: GradientDemand?
        /// How many passes the thread with the most of them makes.
        let passCount: Int
        /// Hears which gradients are complete.
        let listener: (any GradientListener)?
    }

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
    package convenience init(
        model: TransformerModel,
        pool: WorkerPool,
        maximumTokens: Int,
        maximumSegmentLength: Int,
        passTokens: Int = standardPassTokens,
        precision: LinearPrecision = .float32
    ) throws {
        var options = Options()
        options.passTokens = passTokens
        options.precision = precision
        try self.init(
            model: model,
            pool: pool,
            maximumTokens: maximumTokens,
            maximumSegmentLength: maximumSegmentLength,
            options: options
        )
    }

    /// Takes all memory that batches up to a size need.
    ///
    /// - Parameters:
    ///   - model: The model; its parameters may change between calls. One whose matrices are in
    ///     bfloat16 can be trained through adapters alone.
    ///   - pool: The threads.
    ///   - maximumTokens: The most tokens of one batch.
    ///   - maximumSegmentLength: The longest sequence.
    ///   - options: What is done besides the usual.
    /// - Throws: `OneDNN.Unavailable` for bfloat16 where it cannot be had.
    package init(
        model: TransformerModel,
        pool: WorkerPool,
        maximumTokens: Int,
        maximumSegmentLength: Int,
        options: Options
    ) throws {
        self.model = model
        self.pool = pool
        self.maximumTokens = maximumTokens
        passTokens = options.passTokens
        process = options.process
        let rotary = try LayerPositions(model.configuration, positionCount: maximumSegmentLength)
        let rounded =
            options.precision == .bfloat16 && model.precision == .float32
            ? BFloat16Copy(of: model.parameters) : nil
        roundedParameters = rounded
        let threads = pool.threadCount
        let adapterBuffers = options.adapters.map { adapters in
            (0..<threads).map { _ in SharedBuffer(count: adapters.values.count) }
        }
        self.adapterBuffers = adapterBuffers ?? []
        let kind = Self.kind(model, options)
        storage = GradientStorage(model, kind: kind, threads: threads, trained: options.trained)
        exchange = kind == .shared && threads > 1 ? GradientExchange(threadCount: threads) : nil
        sections = SectionProgress(
            sectionCount: model.layout.sections.count,
            threadCount: threads
        )
        let sizes = GradientPass.Options(
            maximumTokens: min(maximumTokens, max(options.passTokens, maximumSegmentLength)),
            maximumSegmentLength: maximumSegmentLength,
            precision: options.precision,
            recomputes: options.recomputes
        )
        passes = try (0..<threads).map { thread in
            try GradientPass(
                model: model,
                options: sizes,
                rotary: rotary,
                rounded: rounded,
                adapters: options.adapters.flatMap { adapters in
                    adapterBuffers.map { (adapters, $0[thread].view) }
                }
            )
        }
        everything =
            options.adapters.map {
                GradientDemand(adaptersOf: $0.adapters.map(\.target), of: model.configuration)
            } ?? GradientDemand(options.trained ?? model.layout.entries, of: model.configuration)
        losses = WorkerSlots(repeating: LossSum(), count: threads)
    }

    private static func kind(_ model: TransformerModel, _ options: Options) -> GradientStorage.Kind
    {
        if options.adapters != nil { return .none }
        let isLarge = model.parameterCount >= sharedGradientParameters
        return options.sharesGradients ?? isLarge ? .shared : .own
    }

    /// The gradients of everything since `clearGradients`, in the layout of the parameters; without
    /// elements when adapters are trained.
    package var gradients: FloatView { storage.gradients }

    /// The gradients of adapters since `clearGradients`, in the places of their values.
    package var adapterGradients: FloatView? { adapterBuffers.first?.view }

    /// The number of bytes of activations and gradients, and of rounded copies of the parameters.
    package var byteCount: Int {
        4 * passes.reduce(0) { $0 + $1.elementCount } + storage.byteCount
            + 4 * adapterBuffers.reduce(0) { $0 + $1.view.count }
            + (roundedParameters?.byteCount ?? 0)
    }

    /// Sets all gradients to zero.
    package func clearGradients() {
        isReduced = false
        storage.clear(on: pool)
        for buffer in adapterBuffers { buffer.view.fill(0) }
    }

    /// Adds the gradients of the summed loss of a batch; call `reduceGradients` after the last one.
    ///
    /// - Parameters:
    ///   - input: Packed sequences.
    ///   - demand: Which gradients are asked for; nil asks for all.
    ///   - listener: Hears which gradients are complete; for the last batch of a step alone.
    /// - Returns: The summed loss of this process and the number of counted tokens.
    package func accumulateGradients(
        _ input: ModelInput,
        demand: GradientDemand? = nil,
        listener: (any GradientListener)? = nil
    ) -> LossSum {
        run(input, demand: demand ?? everything, listener)
    }

    /// The summed loss of a batch; gradients are left as they are.
    package func loss(_ input: ModelInput) -> LossSum {
        run(input, demand: nil, nil)
    }

    /// Adds the gradients of the other threads to those of the first, in the order of threads.
    ///
    /// Nothing happens when that is done already.
    package func reduceGradients() {
        guard !isReduced else { return }
        isReduced = true
        storage.reduce(on: pool)
        for other in adapterBuffers.dropFirst() {
            Elementwise.add(other.view, to: adapterBuffers[0].view)
        }
    }

    /// The loss, and the gradients that are asked for; nil asks for none.
    private func run(
        _ input: ModelInput,
        demand: GradientDemand?,
        _ listener: (any GradientListener)?
    ) -> LossSum {
        guard input.segmentOffsets.count > 1 else { return LossSum() }
        // The parameters may have changed since the last call.
        roundedParameters?.refresh(on: pool)
        current = Work(
            input: input,
            demand: demand,
            passCount: passCount(input.segmentOffsets),
            listener: listener
        )
        defer { current = nil }
        if listener != nil {
            sections.begin()
            // Sections are those of weights: adapters are added up at the end.
            isReduced = adapterBuffers.isEmpty
        }
        pool.performPrepared(count: pool.threadCount) { [self] in runShare(of: $0) }
        return losses.reduce(into: LossSum()) { $0 += $1 }
    }

    /// How many passes the thread with the most of them makes.
    private func passCount(_ offsets: [Int]) -> Int {
        // A loop over all threads, because an array of their counts would be an allocation a step.
        (0..<pool.threadCount).reduce(0) { most, thread in
            var rest = share(of: thread, offsets)
            var count = 0
            while !rest.isEmpty {
                let part = Self.head(of: rest, offsets: offsets, passTokens)
                rest = part.upperBound..<rest.upperBound
                count += 1
            }
            return max(most, count)
        }
    }

    private func runShare(of thread: Int) {
        guard let work = current else { return }
        let input = work.input
        var loss = LossSum()
        var rest = share(of: thread, input.segmentOffsets)
        var gradients = work.demand.map {
            RequestedGradients(
                views: storage.views[thread],
                demand: $0,
                exchange: exchange,
                thread: thread
            )
        }
        for pass in 0..<work.passCount {
            let part =
                rest.isEmpty
                ? rest : Self.head(of: rest, offsets: input.segmentOffsets, passTokens)
            rest = part.upperBound..<rest.upperBound
            let isLast = exchange == nil ? rest.isEmpty : pass == work.passCount - 1
            gradients?.completed = isLast && work.listener != nil ? self : nil
            loss += passes[thread].run(input, segments: part, gradients: gradients)
        }
        losses[thread] = loss
        if work.listener != nil { pass(sections.sectionCount - 1, thread: thread) }
    }

    /// Notes that a thread adds nothing more to the gradients of the sections up to one.
    ///
    /// The last thread at a section adds up those of all.
    func pass(_ section: Int, thread: Int) {
        sections.pass(section, thread: thread) { complete in
            storage.reduce(section: complete)
            current?.listener?.completed(section: complete)
        }
    }

    /// A thread's own run of sequences among those of all threads of all processes.
    private func share(of thread: Int, _ offsets: [Int]) -> Range<Int> {
        Self.share(
            of: process.index * pool.threadCount + thread,
            threads: process.count * pool.threadCount,
            offsets: offsets
        )
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
