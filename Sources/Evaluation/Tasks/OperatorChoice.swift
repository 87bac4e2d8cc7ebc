import Arithmetic
import Datasets
import Foundation
import Tokenization

/// Which operator a model would write first in one problem.
package struct OperatorChoiceRecord: Codable, Hashable, Sendable {
    /// Name of the task.
    package var task: String
    /// Version of the rules (`OperatorChoiceEvaluator.version`).
    package var version: Int
    /// Identity of the problem, the same in every language.
    package var id: String
    /// Language code of the question.
    package var language: String
    /// Kind of the problem; empty when unknown.
    package var kind: String
    /// The right operator, `+` or `-`.
    package var gold: String
    /// How far the logit of the right operator is above that of the other.
    package var margin: Double
    /// Whether the right operator is preferred; a tie is wrong.
    package var correct: Bool
    /// Whether the prompt is longer than the model's positions, which counts as wrong with a margin
    /// of zero; `nil`, and not in the JSON, when it is not.
    package var promptTooLong: Bool?

    private enum CodingKeys: String, CodingKey {
        case task, version, id, language, kind, gold, margin, correct
        case promptTooLong = "prompt_too_long"
    }
}

/// How often a model prefers the right one of + and −.
package struct OperatorChoiceEvaluation: Hashable, Sendable {
    /// One record a problem whose first equation adds or subtracts.
    package let records: [OperatorChoiceRecord]
    /// Share of right choices; chance is .5 when both operators are as frequent.
    package let accuracy: Estimate

    /// Sums up records.
    ///
    /// - Parameters:
    ///   - records: The records of one task and one model.
    ///   - task: Name of the task, for the error.
    /// - Throws: `EvaluationError.nothingToEvaluate` without records.
    package init(records: [OperatorChoiceRecord], task: String) throws {
        guard let accuracy = Estimate.proportion(of: records.map(\.correct)) else {
            throw EvaluationError.nothingToEvaluate(
                task: task,
                expected: "problem whose first equation adds or subtracts two numbers"
            )
        }
        self.records = records
        self.accuracy = accuracy
    }

    /// Reads the JSON lines of an earlier evaluation.
    package init(jsonLines data: Data, path: String) throws {
        let records = try RecordLines.decode(OperatorChoiceRecord.self, from: data, path: path)
        try self.init(records: records, task: path)
    }

    /// The records as JSON lines with sorted keys.
    package func jsonLines() throws -> Data { try RecordLines.encode(records) }

    /// The choices by problem, for paired comparisons.
    package var outcomes: Outcomes {
        Outcomes(identifiers: records.map(\.id), correct: records.map(\.correct))
    }

    /// How many prompts were longer than the model's positions and count as wrong.
    package var promptTooLongCount: Int { records.count { $0.promptTooLong == true } }
}

/// Measures understanding by the first operator alone.
///
/// After the question and the first number of the right equation the model's logits of + and − are
/// compared: one forward pass a problem, no arithmetic and no copying of the rest, so that it sees
/// differences that exact match cannot. Problems whose first equation is not `number ± number` are
/// left out. The two continuations are the tokens of the equation written with either sign; where
/// they part, the next tokens are compared.
package struct OperatorChoiceEvaluator: Sendable {
    /// Version of the task: changes whenever the rules do.
    package static let version = 1

    /// Name of the task in records and errors.
    package var task: String
    /// Turns text to tokens.
    package var tokenizer: Tokenizer
    /// The form in which problems are asked.
    package var form: PromptForm
    /// How many problems run at a time; no result depends on it.
    package var batchSize: Int

    /// Describes a task; in the form that fits the tokenizer where none is given.
    ///
    /// - Precondition: `batchSize` is positive.
    package init(
        task: String,
        tokenizer: Tokenizer,
        form: PromptForm? = nil,
        batchSize: Int = 32
    ) {
        precondition(batchSize > 0, "a batch has at least one problem")
        self.task = task
        self.tokenizer = tokenizer
        self.form = form ?? .fitting(tokenizer)
        self.batchSize = batchSize
    }

    /// Asks for the first operator of every problem that has one of the two.
    ///
    /// - Parameters:
    ///   - problems: At least one of them with a fitting first equation.
    ///   - scorer: The model.
    /// - Returns: One record a fitting problem, and the accuracy.
    /// - Throws: `EvaluationError`; what the chat form and the scorer throw.
    package func evaluate(
        _ problems: [MathProblem],
        with scorer: some TokenScorer
    ) throws -> OperatorChoiceEvaluation {
        let questions = try problems.compactMap(question)
        var records: [OperatorChoiceRecord] = []
        for start in stride(from: 0, to: questions.count, by: batchSize) {
            let batch = questions[start..<start + min(batchSize, questions.count - start)]
            let fitting = batch.filter { $0.prefix.count <= scorer.maximumPositions }
            let logits = try scorer.nextTokenLogits(of: fitting.map(\.prefix))
            guard logits.count == fitting.count else {
                throw EvaluationError.wrongCount(
                    task: task,
                    found: logits.count,
                    expected: fitting.count
                )
            }
            var rows = logits.makeIterator()
            for question in batch {
                let fits = question.prefix.count <= scorer.maximumPositions
                records.append(record(question, fits ? rows.next() : nil))
            }
        }
        return try OperatorChoiceEvaluation(records: records, task: task)
    }

    private struct Question {
        var problem: MathProblem
        var gold: ArithmeticOperator
        var prefix: [Int32]
        var plus: Int32
        var minus: Int32
    }

    /// The record of a question; without logits its prompt was too long.
    private func record(_ question: Question, _ logits: [Float]?) -> OperatorChoiceRecord {
        let preference =
            logits.map {
                Double($0[Int(question.plus)]) - Double($0[Int(question.minus)])
            } ?? 0
        let margin = question.gold == .add ? preference : -preference
        return OperatorChoiceRecord(
            task: task,
            version: Self.version,
            id: question.problem.id,
            language: question.problem.language,
            kind: question.problem.kind,
            gold: question.gold.rawValue,
            margin: margin,
            correct: margin > 0,
            promptTooLong: logits == nil ? true : nil
        )
    }

    private func question(_ problem: MathProblem) throws -> Question? {
        guard let text = problem.equations.first?.split(separator: "=").first.map(String.init),
            case .operation(let sign, .number, .number) = ArithmeticExpression(lenient: text),
            sign == .add || sign == .subtract,
            let place = FoldedText(text).bytes.firstIndex(of: sign.rawValue.utf8.first ?? 0)
        else { return nil }
        func tokens(with sign: Unicode.Scalar) -> [Int32] {
            var scalars = Array(text.unicodeScalars)
            scalars[place] = sign
            var written = String.UnicodeScalarView()
            written.append(contentsOf: scalars)
            return tokenizer.encode(String(written))
        }
        let (plus, minus) = (tokens(with: "+"), tokens(with: "-"))
        guard let border = zip(plus, minus).enumerated().first(where: { $1.0 != $1.1 })?.offset
        else {
            throw EvaluationError.indistinctOperators(
                task: task,
                problem: problem.id,
                equation: text
            )
        }
        let prompt = try form.prompt(problem.question, tokenizer: tokenizer)
        return Question(
            problem: problem,
            gold: sign,
            prefix: prompt + plus[..<border],
            plus: plus[border],
            minus: minus[border]
        )
    }
}
