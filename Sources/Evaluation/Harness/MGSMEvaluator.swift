import Datasets
import Tokenization

/// Asks a model the problems of MGSM as lm-evaluation-harness does: plain text, worked examples
/// before the question, greedy replies that end before another question.
///
/// A prompt that leaves no room for the longest reply loses its beginning, as there. Source:
/// EleutherAI/lm-evaluation-harness, `lm_eval/tasks/mgsm`, versions 3 and 4 of its tasks.
package struct MGSMEvaluator: Sendable {
    /// Version of the task: changes whenever the form of asking or the rules of judging do.
    package static let version = 1

    /// Name of the task in records and errors, such as `target_mgsm`.
    package var task: String
    /// Turns text to tokens and back.
    package var tokenizer: Tokenizer
    /// The form of the prompts.
    package var prompt: MGSMPrompt
    /// How many worked examples the prompts have.
    package var shots: Int
    /// The most tokens of a reply.
    package var maximumNewTokens: Int
    /// How many problems run at a time; no result depends on it.
    package var batchSize: Int

    /// Describes a task.
    ///
    /// - Throws: `EvaluationError.noWords` for a language that MGSM does not have.
    package init(
        task: String,
        tokenizer: Tokenizer,
        form: MGSMForm,
        language: String,
        exemplars: [Exemplar],
        maximumNewTokens: Int = 256,
        batchSize: Int = 32
    ) throws {
        self.task = task
        self.tokenizer = tokenizer
        prompt = try MGSMPrompt(form, language: language, exemplars: exemplars, task: task)
        shots = exemplars.count
        self.maximumNewTokens = maximumNewTokens
        self.batchSize = batchSize
    }

    /// Asks every problem once and judges the replies.
    ///
    /// - Throws: `EvaluationError` for no problems; what the generator throws.
    package func evaluate(
        _ problems: [MathProblem],
        with generator: some ReplyGenerator
    ) throws -> MGSMEvaluation {
        let room = generator.maximumPositions
        // No reply would fit a model that is smaller than the longest one.
        let newTokens = min(maximumNewTokens, max(1, room / 2))
        let whole = try problems.map {
            tokenizer.beginning + tokenizer.encode(try prompt.text(of: $0.question))
        }
        let prompts = whole.map { Array($0.suffix(room - newTokens)) }
        let ending = ReplyEnding(tokenizer: tokenizer, texts: prompt.ends)
        let replies = try generator.replies(
            to: prompts,
            settings: ReplySettings(
                maximumNewTokens: newTokens,
                stopTokens: Set(tokenizer.endOfSequence.map { [$0] } ?? []),
                ending: ending,
                vocabularySize: tokenizer.vocabularySize,
                batchSize: batchSize
            ),
            assistant: nil
        )
        guard replies.count == problems.count else {
            throw EvaluationError.wrongCount(
                task: task,
                found: replies.count,
                expected: problems.count
            )
        }
        let records = problems.indices.map { place in
            record(
                of: problems[place],
                ending.cut(tokenizer.decode(replies[place])),
                truncated: replies[place].count >= newTokens,
                isCut: prompts[place].count < whole[place].count
            )
        }
        return try MGSMEvaluation(records: records, task: task)
    }

    private func record(
        of problem: MathProblem,
        _ reply: String,
        truncated: Bool,
        isCut: Bool
    ) -> MGSMRecord {
        let flexible = MGSMAnswer.flexible(in: reply)
        let strict = MGSMAnswer.strict(in: reply, form: prompt.form, words: prompt.words)
        return MGSMRecord(
            task: task,
            version: Self.version,
            id: problem.id,
            language: problem.language,
            form: prompt.form,
            shots: shots,
            question: problem.question,
            reply: reply,
            gold: problem.answer,
            flexible: flexible,
            strict: strict,
            flexibleCorrect: MGSMAnswer.isCorrect(flexible, gold: problem.answer),
            strictCorrect: MGSMAnswer.isCorrect(strict, gold: problem.answer),
            truncated: truncated,
            promptCut: isCut ? true : nil
        )
    }
}
