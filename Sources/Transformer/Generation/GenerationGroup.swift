import Kernels

/// One sequence on its way.
final class GeneratedSequence {
    /// Index of the prompt.
    let index: Int
    let prompt: [Int32]
    /// The most new tokens.
    let most: Int
    /// New tokens so far.
    var tokens: [Int32] = []
    /// Tokens that the assistant wants next.
    var forced: [Int32] = []
    /// One cache a layer.
    var caches: [AttentionCache] = []

    init(index: Int, prompt: [Int32], most: Int) {
        self.index = index
        self.prompt = prompt
        self.most = most
    }
}

/// Sequences that one thread, or all of them, continue together: prompts are read packed, then
/// every step adds one token to each sequence that still runs.
final class GenerationGroup {
    private let inference: InferenceModel
    /// The threads that work on this group together; nil when it belongs to one of them.
    private let team: WorkerPool?
    /// Working memory of the other threads' attention.
    private let teamScratch: [AttentionScratch]
    private let rotary: LayerPositions
    private let sampler: TokenSampler
    private let assistant: TextGenerator.Assistant?
    private let isFinished: TextGenerator.Ending?
    private let onToken: (@Sendable (Int, Int32) -> Void)?
    private let pass: InferencePass
    private let prefillTokens: Int
    private var running: [GeneratedSequence]

    init(
        inference: InferenceModel,
        team: WorkerPool? = nil,
        rotary: LayerPositions,
        sequences: [GeneratedSequence],
        sampler: TokenSampler,
        prefillTokens: Int,
        assistant: TextGenerator.Assistant?,
        isFinished: TextGenerator.Ending?,
        onToken: (@Sendable (Int, Int32) -> Void)?
    ) {
        self.inference = inference
        self.team = team
        self.rotary = rotary
        self.sampler = sampler
        self.assistant = assistant
        self.isFinished = isFinished
        self.onToken = onToken
        running = sequences.filter { $0.most > 0 }
        // No more memory than these prompts need, and enough for the longest of them.
        let prompts = running.map(\.prompt.count)
        self.prefillTokens = max(min(prefillTokens, prompts.reduce(0, +)), prompts.max() ?? 0)
        let longest = running.map { $0.prompt.count + $0.most }.max() ?? 1
        pass = InferencePass(
            inference,
            maximumTokens: max(self.prefillTokens, running.count),
            maximumSegmentLength: longest
        )
        let helpers = min(team?.threadCount ?? 1, max(running.count, 1)) - 1
        teamScratch = (0..<helpers).map { _ in
            AttentionScratch(
                attention: inference.model.attention,
                maximumSegmentLength: longest
            )
        }
    }

    /// Continues all sequences to their ends.
    ///
    /// - Throws: `ModelNumberError` when a logit is not finite.
    func run() throws {
        try prefill()
        while !running.isEmpty { try step() }
    }

    private func prefill() throws {
        var waiting = running[...]
        var finished: Set<Int> = []
        while !waiting.isEmpty {
            var count = 0
            let part = waiting.prefix { sequence in
                count += sequence.prompt.count
                return count <= prefillTokens
            }
            waiting = waiting.dropFirst(part.count)
            let sequences = Array(part)
            for sequence in sequences {
                sequence.caches = inference.attention.map { attention in
                    AttentionCache(
                        attention: attention,
                        capacity: sequence.prompt.count + sequence.most
                    )
                }
            }
            let input = ModelInput(sequences: sequences.map(\.prompt))
            let stream = pass.runPacked(
                input.tokens,
                segments: PackedSegments(input.segmentOffsets),
                rotary: rotary
            ) { layer, packed in
                for (place, sequence) in sequences.enumerated() {
                    let rows = input.segmentOffsets[place]..<input.segmentOffsets[place + 1]
                    sequence.caches[layer].append(packed.rows(rows))
                }
            }
            let last = input.segmentOffsets.dropFirst().map { $0 - 1 }
            finished.formUnion(try extend(sequences, rows: last, stream: stream))
        }
        running.removeAll { finished.contains($0.index) }
    }

    private func step() throws {
        let sequences = running
        let positions = sequences.map { $0.prompt.count + $0.tokens.count - 1 }
        let newest = sequences.map { $0.tokens[$0.tokens.count - 1] }
        let stream = pass.run(newest) { layer, packed, heads, _ in
            rotary[layer].rotate(
                packed,
                headCount: inference.attention[layer].queryKeyHeadCount,
                positions: positions
            )
            attend(sequences, layer, packed, heads)
        }
        let finished = try extend(sequences, rows: Array(sequences.indices), stream: stream)
        running.removeAll { finished.contains($0.index) }
    }

    /// Attends with the newest position of each sequence, the sequences shared out to the team.
    private func attend(
        _ sequences: [GeneratedSequence],
        _ layer: Int,
        _ packed: MatrixView,
        _ heads: MatrixView
    ) {
        func attend(_ row: Int, _ scratch: AttentionScratch) {
            let cache = sequences[row].caches[layer]
            cache.append(packed.rows(row..<(row + 1)))
            cache.attend(query: packed.row(row), output: heads.row(row), scratch: scratch)
        }
        guard let team, sequences.count > 1, !teamScratch.isEmpty else {
            for row in sequences.indices { attend(row, pass.scratch) }
            return
        }
        // A sequence is always done by the same thread: row modulo threads.
        team.perform(count: sequences.count) { row in
            let thread = row % team.threadCount
            attend(row, thread == 0 ? pass.scratch : teamScratch[thread - 1])
        }
    }

    /// Adds one token to each sequence and returns the indices of those that have ended.
    private func extend(
        _ sequences: [GeneratedSequence],
        rows: [Int],
        stream: MatrixView
    ) throws -> Set<Int> {
        var finished: Set<Int> = []
        try pass.forEachLogits(of: rows, in: stream) { place in
            let sequence = sequences[place]
            let count = sequence.prompt.count + sequence.tokens.count
            return "token \(count) of prompt \(sequence.index + 1)"
        } _: { range, logits in
            for place in range {
                let sequence = sequences[place]
                if !add(to: sequence, logits.row(place - range.lowerBound)) {
                    finished.insert(sequence.index)
                    sequence.caches = []
                }
            }
        }
        return finished
    }

    /// Adds one token and returns whether the sequence goes on.
    private func add(to sequence: GeneratedSequence, _ logits: FloatView) -> Bool {
        let token: Int32
        if sequence.forced.isEmpty {
            token = sampler.choose(
                logits,
                sequence: sequence.index,
                place: sequence.tokens.count
            )
        } else {
            token = sequence.forced.removeFirst()
        }
        if sampler.options.stopTokens.contains(token) { return false }
        sequence.tokens.append(token)
        onToken?(sequence.index, token)
        guard sequence.tokens.count < sequence.most else { return false }
        if let isFinished, isFinished(sequence.index, sequence.tokens) { return false }
        if sequence.forced.isEmpty, let assistant {
            sequence.forced = assistant(sequence.index, sequence.tokens)
        }
        return true
    }
}
