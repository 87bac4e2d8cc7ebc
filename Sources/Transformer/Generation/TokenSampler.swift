import Foundation
import Foundations
import Kernels

/// Chooses the next token from logits; the choice depends on seed, sequence and place alone.
struct TokenSampler: Sendable {
    let options: GenerationOptions

    /// The next token of a sequence.
    ///
    /// - Parameters:
    ///   - all: One finite number a token.
    ///   - sequence: Index of the sequence among the prompts.
    ///   - place: How many tokens the sequence has got already.
    /// - Returns: The chosen token.
    func choose(_ all: FloatView, sequence: Int, place: Int) -> Int32 {
        let logits = options.vocabularySize.map { all[0..<min($0, all.count)] } ?? all
        return options.temperature == 0
            ? Self.largest(logits)
            : sample(logits, sequence: sequence, place: place)
    }

    /// The token with the largest logit; the lowest of equal ones.
    static func largest(_ logits: FloatView) -> Int32 {
        var best = 0
        for index in 1..<max(logits.count, 1) where logits[index] > logits[best] { best = index }
        return Int32(best)
    }

    private func sample(_ logits: FloatView, sequence: Int, place: Int) -> Int32 {
        let values = logits.array().map { Double($0) / options.temperature }
        var candidates = values.indices.sorted {
            values[$0] != values[$1] ? values[$0] > values[$1] : $0 < $1
        }
        if options.topK > 0 { candidates.removeLast(max(0, candidates.count - options.topK)) }
        let maximum = values[candidates[0]]
        // A temperature this small leaves no other choice.
        guard maximum.isFinite else { return Self.largest(logits) }
        var weights = candidates.map { exp(values[$0] - maximum) }
        let total = weights.reduce(0, +)
        var reached = 0.0
        var kept = 0
        // The token that reaches topP is kept, so that one always remains.
        while kept < weights.count, kept == 0 || reached < options.topP * total {
            reached += weights[kept]
            kept += 1
        }
        weights.removeLast(weights.count - kept)
        var generator = SeededGenerator(
            seed: options.seed,
            stream: "sampling",
            indices: sequence,
            place
        )
        var remaining = generator.uniform() * reached
        for (index, weight) in weights.enumerated() {
            remaining -= weight
            if remaining < 0 { return Int32(candidates[index]) }
        }
        return Int32(candidates[kept - 1])
    }
}
