import Arithmetic
import Datasets

/// Asks a model word problems and judges its replies.
package struct MathEvaluator: Sendable {
    /// Version of the task: changes whenever the form of asking or the rules of judging do.
    package static let version = 1

    /// Name of the task in records and errors, such as `target_math`.
    package var task: String
    /// How the questions are asked.
    package var questions: Questions
    /// Whether the results after `=` are filled in (`Calculator`).
    package var usesCalculator: Bool

    /// Describes a task.
    package init(
        task: String,
        questions: Questions,
        usesCalculator: Bool = false
    ) {
        self.task = task
        self.questions = questions
        self.usesCalculator = usesCalculator
    }

    /// Asks every problem once, greedily, and judges the replies.
    ///
    /// - Parameters:
    ///   - problems: At least one.
    ///   - generator: The model.
    /// - Returns: One record a problem, and the measurements.
    /// - Throws: `EvaluationError` for no problems or an answer that is no number, before anything
    ///   is generated; what the chat form and the generator throw.
    package func evaluate(
        _ problems: [MathProblem],
        with generator: some ReplyGenerator
    ) throws -> MathEvaluation {
        guard !problems.isEmpty else {
            throw EvaluationError.nothingToEvaluate(task: task, expected: "word problem")
        }
        let gold = try problems.map { problem in
            guard let answer = CanonicalNumber(problem.answer) else {
                throw EvaluationError.unreadableAnswer(
                    task: task,
                    problem: problem.id,
                    found: problem.answer
                )
            }
            return answer
        }
        var assistant: (@Sendable (Int, [Int32]) -> [Int32])?
        if usesCalculator {
            let calculator = Calculator(tokenizer: questions.tokenizer)
            assistant = { _, tokens in calculator.forcedTokens(after: tokens) }
        }
        let replies = try questions.replies(
            to: problems.map(\.question),
            of: task,
            with: generator,
            assistant: assistant
        )
        let records = problems.indices.map { index in
            record(of: problems[index], gold: gold[index], replies[index])
        }
        return try MathEvaluation(records: records, task: task)
    }

    private func record(
        of problem: MathProblem,
        gold: CanonicalNumber,
        _ written: Questions.Reply
    ) -> MathRecord {
        let reply = written.text
        let strict = AnswerExtraction.strict(in: reply)
        let flexible = AnswerExtraction.flexible(in: reply)
        return MathRecord(
            task: task,
            version: Self.version,
            id: problem.id,
            language: problem.language,
            kind: problem.kind,
            prompt: problem.question,
            reply: reply,
            gold: gold.description,
            strict: strict?.description,
            flexible: flexible?.description,
            strictCorrect: strict == gold,
            flexibleCorrect: flexible == gold,
            equations: EquationExtraction.equations(in: reply).map(\.leftSide.groupedText),
            goldEquations: problem.equations,
            equationCorrect: EquationComparison.isCorrect(reply: reply, gold: problem.equations),
            truncated: written.truncated,
            calculator: usesCalculator,
            unknownWords: problem.usesUnknownWords,
            instance: problem.instance,
            promptTooLong: written.promptTooLong ? true : nil
        )
    }
}
