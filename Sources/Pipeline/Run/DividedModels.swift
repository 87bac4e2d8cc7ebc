import Evaluation
import Foundation
import Training
import Transformer

/// A model whose prompts are shared out over ranks that all ask the same; no reply depends on
/// another, so that they are those of one process.
struct DividedGenerator: ReplyGenerator {
    let model: TextGenerator
    /// The ranks; nil for this process alone.
    let team: EvaluationTeam?

    var maximumPositions: Int { model.maximumPositions }

    func replies(
        to prompts: [[Int32]],
        settings: ReplySettings,
        assistant: (@Sendable (Int, [Int32]) -> [Int32])?
    ) throws -> [[Int32]] {
        guard let team else {
            return try model.replies(to: prompts, settings: settings, assistant: assistant)
        }
        let own = team.share(of: prompts.count)
        var helper: (@Sendable (Int, [Int32]) -> [Int32])?
        if let assistant {
            helper = { index, tokens in assistant(own.lowerBound + index, tokens) }
        }
        let replies: [[Int32]] = try team.agreed {
            guard !own.isEmpty else { return [] }
            return try model.replies(
                to: Array(prompts[own]),
                settings: settings,
                assistant: helper
            )
        }
        return try team.collect(replies, of: prompts.count)
    }
}

/// A model whose sequences are shared out over ranks that all score the same; no number depends on
/// what is scored beside it, so that they are those of one process.
struct DividedScorer: TokenScorer {
    let model: SequenceScorer
    /// The ranks; nil for this process alone.
    let team: EvaluationTeam?

    var maximumPositions: Int { model.maximumPositions }

    func logProbabilities(of input: ModelInput) throws -> [Float] {
        guard let team else { return try model.logProbabilities(of: input) }
        let offsets = input.segmentOffsets
        let spans = team.shares(of: offsets).map { offsets[$0.lowerBound]..<offsets[$0.upperBound] }
        let own = spans[team.rank]
        let values: [Float] = try team.agreed {
            guard !own.isEmpty else { return [] }
            let part = ModelInput(
                tokens: Array(input.tokens[own]),
                segmentOffsets: offsets.filter { own.contains($0) || $0 == own.upperBound }
                    .map { $0 - own.lowerBound },
                targets: Array(input.targets[own])
            )
            return try model.logProbabilities(of: part)
        }
        return try team.collect(values, spans: spans)
    }

    func nextTokenLogits(of sequences: [[Int32]]) throws -> [[Float]] {
        guard let team else { return try model.nextTokenLogits(of: sequences) }
        let own = team.share(of: sequences.count)
        let rows: [[Float]] = try team.agreed {
            own.isEmpty ? [] : try model.nextTokenLogits(of: Array(sequences[own]))
        }
        let width = try team.largest(rows.first?.count ?? 0)
        let spans = (0..<team.count).map { rank in
            let share = team.share(of: sequences.count, rank: rank)
            return (share.lowerBound * width)..<(share.upperBound * width)
        }
        let all = try team.collect(Array(rows.joined()), spans: spans)
        return sequences.indices.map { Array(all[($0 * width)..<(($0 + 1) * width)]) }
    }
}
