import Datasets
import Tokenization

/// Asks a model word problems and judges its replies.
package struct MathEvaluator: Sendable {
    /// Version of the task: changes whenever the form of asking or the rules of judging do.
    package static let version = 1

    /// Name of the task in records and errors, such as `target_math`.
    package var task: String
    /// Turns text to tokens and back.
    package var tokenizer: Tokenizer
    /// The form in which problems are asked.
    package var format: ChatFormat
    /// The most tokens of a reply; longer ones are cut and marked.
    package var maximumNewTokens: Int
    /// How many problems run at a time; no result depends on it.
    package var batchSize: Int
    /// Whether the results after `=` are filled in (`Calculator`).
    package var usesCalculator: Bool

    /// Describes a task.
    package init(
        task: String,
        tokenizer: Tokenizer,
        format: ChatFormat = .standard,
        maximumNewTokens: Int = 64,
        batchSize: Int = 32,
        usesCalculator: Bool = false
    ) {
        self.task = task
        self.tokenizer = tokenizer
        self.format = format
        self.maximumNewTokens = maximumNewTokens
        self.batchSize = batchSize
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
            let calculator = Calculator(tokenizer: tokenizer)
            assistant = { _, tokens in calculator.forcedTokens(after: tokens) }
        }
        let questions = Questions(
            task: task,
            tokenizer: tokenizer,
            format: format,
            maximumNewTokens: maximumNewTokens,
            batchSize: batchSize
        )
        let replies = try questions.replies(
            to: problems.map(\.question),
            with: generator,
            assistant: assistant
        )
        let records = problems.indices.map { index in
            record(of: problems[index], gold: gold[index], tokens: replies[index])
        }
        return try MathEvaluation(records: records, task: task)
    }

    private func record(of problem: MathProblem, gold: CanonicalNumber, tokens: [Int32])
        -> MathRecord
    {
        let reply = tokenizer.decode(tokens)
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
            equations: EquationExtraction.equations(in: reply).map(\.leftSide.description),
            goldEquations: problem.equations,
            equationCorrect: EquationComparison.isCorrect(reply: reply, gold: problem.equations),
            truncated: tokens.count >= maximumNewTokens,
            calculator: usesCalculator,
            unknownWords: problem.usesUnknownWords
        )
    }
}
