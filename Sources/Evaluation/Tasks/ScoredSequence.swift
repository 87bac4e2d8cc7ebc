import Foundation
import Transformer

/// A run of tokens of which the last ones are predicted and counted.
struct ScoredSequence {
    /// Every token, from the first that is read on.
    var tokens: [Int32]
    /// The place of the first token that is predicted and counted, 1 or more.
    var firstCounted: Int
}

extension [ScoredSequence] {
    /// The log-probability of the counted tokens of each sequence, in nats.
    ///
    /// - Parameters:
    ///   - scorer: The model.
    ///   - tokensPerBatch: How many positions run at a time, at least one sequence; no result
    ///     depends on it.
    ///   - task: The task, for errors.
    ///   - name: The document that a sequence is of, for errors.
    /// - Returns: One sum a sequence, in order.
    /// - Throws: `EvaluationError` for a likelihood that is no number; what the scorer throws.
    func logProbabilities(
        with scorer: some TokenScorer,
        tokensPerBatch: Int,
        task: String,
        name: (Int) -> String
    ) throws -> [Double] {
        var sums: [Double] = []
        for batch in batches(of: tokensPerBatch) {
            for sum in try batch.scores(with: scorer, task: task) {
                guard sum.isFinite else {
                    throw EvaluationError.notFinite(task: task, document: name(sums.count))
                }
                sums.append(sum)
            }
        }
        return sums
    }

    private func batches(of tokensPerBatch: Int) -> [ArraySlice<ScoredSequence>] {
        var batches: [ArraySlice<ScoredSequence>] = []
        var start = 0
        var positions = 0
        for (index, piece) in enumerated() {
            let length = piece.tokens.count - 1
            if index > start, positions + length > tokensPerBatch {
                batches.append(self[start..<index])
                (start, positions) = (index, 0)
            }
            positions += length
        }
        if start < count { batches.append(self[start...]) }
        return batches
    }
}

extension ArraySlice<ScoredSequence> {
    fileprivate func scores(with scorer: some TokenScorer, task: String) throws -> [Double] {
        var input = ModelInput(tokens: [], segmentOffsets: [0], targets: [])
        for piece in self {
            // The last token is predicted and never read.
            input.tokens += piece.tokens.dropLast()
            let masked = piece.firstCounted - 1
            input.targets += Array(repeating: ModelInput.ignoredTarget, count: masked)
            input.targets += piece.tokens.dropFirst(piece.firstCounted)
            input.segmentOffsets.append(input.tokens.count)
        }
        let scores = try scorer.logProbabilities(of: input)
        guard scores.count == input.tokens.count else {
            throw EvaluationError.wrongCount(
                task: task,
                found: scores.count,
                expected: input.tokens.count
            )
        }
        // One sum a piece: the same additions at any batch size.
        return (0..<count).map { segment in
            let range = input.segmentOffsets[segment]..<input.segmentOffsets[segment + 1]
            return range.reduce(0.0) { sum, position in
                let counts = input.targets[position] != ModelInput.ignoredTarget
                return counts ? sum + Double(scores[position]) : sum
            }
        }
    }
}
