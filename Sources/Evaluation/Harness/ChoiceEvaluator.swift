import Datasets
import Tokenization

/// Compares the likelihoods of choices: the output type `multiple_choice` of lm-evaluation-harness.
///
/// Each choice is scored after the context and one space, as `Continuation` cuts them. Nothing is
/// generated. Of equally likely choices the first counts as the model's. A context that is too long
/// loses its beginning. Source: EleutherAI/lm-evaluation-harness, `lm_eval/api/task.py` and
/// `lm_eval/models/huggingface.py`, version 0.4.
package struct ChoiceEvaluator: Sendable {
    /// Version of the task: changes whenever the rules do.
    package static let version = 1

    /// Name of the task in records and errors, such as `target_choice`.
    package var task: String
    /// Turns text to tokens.
    package var tokenizer: Tokenizer
    /// How many positions run at a time, at least one sequence; no result depends on it.
    package var tokensPerBatch: Int

    /// Describes a task.
    package init(task: String, tokenizer: Tokenizer, tokensPerBatch: Int = 4096) {
        self.task = task
        self.tokenizer = tokenizer
        self.tokensPerBatch = tokensPerBatch
    }

    /// Scores every choice of every problem.
    ///
    /// - Parameters:
    ///   - problems: At least one.
    ///   - scorer: The model.
    /// - Returns: One record a problem, and the accuracy.
    /// - Throws: `EvaluationError` for no problems, for a choice that has no token of its own and
    ///   for a likelihood that is no number; what the scorer throws.
    package func evaluate(
        _ problems: [ChoiceProblem],
        with scorer: some TokenScorer
    ) throws -> ChoiceEvaluation {
        var sequences: [ScoredSequence] = []
        var cut: Set<Int> = []
        var owners: [Int] = []
        for (place, problem) in problems.enumerated() {
            for choice in problem.choices {
                let pair = Continuation(of: problem.context, " " + choice, tokenizer: tokenizer)
                guard pair.count > 0 else {
                    throw EvaluationError.emptyChoice(
                        task: task,
                        problem: problem.id,
                        choice: choice
                    )
                }
                let (sequence, isCut) = pair.fitting(scorer.maximumPositions)
                sequences.append(sequence)
                owners.append(place)
                if isCut { cut.insert(place) }
            }
        }
        let scores = try sequences.logProbabilities(
            with: scorer,
            tokensPerBatch: tokensPerBatch,
            task: task
        ) { problems[owners[$0]].id }
        var next = 0
        let records = problems.enumerated().map { place, problem in
            let range = next..<(next + problem.choices.count)
            next = range.upperBound
            return record(
                of: problem,
                Array(scores[range]),
                tokens: sequences[range].map { $0.tokens.count - $0.firstCounted },
                isCut: cut.contains(place)
            )
        }
        return try ChoiceEvaluation(records: records, task: task)
    }

    private func record(
        of problem: ChoiceProblem,
        _ scores: [Double],
        tokens: [Int],
        isCut: Bool
    ) -> ChoiceRecord {
        func best(_ length: (String) -> Int) -> Int {
            let values = zip(scores, problem.choices).map { $0 / Double(max(1, length($1))) }
            return values.indices.dropFirst().reduce(0) { values[$1] > values[$0] ? $1 : $0 }
        }
        return ChoiceRecord(
            task: task,
            version: Self.version,
            id: problem.id,
            language: problem.language,
            context: problem.context,
            choices: problem.choices,
            label: problem.label,
            logLikelihoods: scores,
            tokens: tokens,
            choice: best { _ in 1 },
            normalizedChoice: best(\.unicodeScalars.count),
            byteChoice: best(\.utf8.count),
            contextCut: isCut ? true : nil
        )
    }
}
