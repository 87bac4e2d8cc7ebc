/// Why an evaluation cannot be made or read.
package enum EvaluationError: Error, Equatable, CustomStringConvertible {
    /// A task was given no problem or document with anything to measure.
    case nothingToEvaluate(task: String, expected: String)
    /// The answer of a problem is not a number.
    case unreadableAnswer(task: String, problem: String, found: String)
    /// The tokenizer writes an addition and a subtraction with the same tokens.
    case indistinctOperators(task: String, problem: String, equation: String)
    /// The model gave a probability that is not a number.
    case notFinite(task: String, document: String)
    /// Every document is longer than the model's positions.
    case nothingFits(task: String, documents: Int, positions: Int)
    /// The model gave another number of replies or scores than it was asked for.
    case wrongCount(task: String, found: Int, expected: Int)
    /// A task that asks questions was given running text.
    case notAQuestion(task: String, document: String)
    /// There is no letter to learn a language from.
    case noSampleText(language: String)
    /// A reply is expected in a language that the classifier does not know.
    case unknownLanguage(task: String, found: String, expected: [String])
    /// A choice has no token of its own behind its context.
    case emptyChoice(task: String, problem: String, choice: String)
    /// There are no words to ask in a language.
    case noWords(task: String, language: String, known: [String])
    /// A line of a file of records cannot be read.
    case malformedRecord(path: String, line: Int, reason: String)

    /// What was wrong, where, and what to do about it.
    package var description: String {
        switch self {
        case .nothingToEvaluate(let task, let expected):
            return "\(task): found nothing to measure, expected at least one \(expected); "
                + "check the data source and its limit"
        case .unreadableAnswer(let task, let problem, let found):
            return "\(task): the answer of problem \(problem) is '\(found)', expected one number; "
                + "correct the data or leave the problem out"
        case .indistinctOperators(let task, let problem, let equation):
            return "\(task): in problem \(problem) the tokenizer writes '\(equation)' with + and "
                + "with - as the same tokens; train it on text that has both signs"
        case .notFinite(let task, let document):
            return "\(task): the model gives document \(document) a likelihood that is not a "
                + "finite number; its weights are damaged or its training diverged"
        case .nothingFits(let task, let documents, let positions):
            return
                "\(task): none of \(documents) documents fits the model's \(positions) positions; "
                + "shorten them or take a model with more positions"
        case .wrongCount(let task, let found, let expected):
            return "\(task): the model returned \(found) results, expected \(expected)"
        case .notAQuestion(let task, let document):
            return
                "\(task): document \(document) is running text, expected a question and its reply; "
                + "give the task chat documents"
        case .noSampleText(let language):
            return
                "the sample texts of language '\(language)' have no letters, expected some hundred "
                + "words of each of two languages; give more text"
        case .unknownLanguage(let task, let found, let expected):
            return "\(task): replies are expected in '\(found)', but the sample texts are in "
                + expected.joined(separator: " and ") + "; name one of these"
        case .emptyChoice(let task, let problem, let choice):
            return
                "\(task): the choice '\(choice)' of problem \(problem) has no token of its own "
                + "behind its context; expected text that the tokenizer writes apart: correct the row"
        case .noWords(let task, let language, let known):
            return "\(task): there are no words to ask in '\(language)', expected one of "
                + known.joined(separator: ", ")
        case .malformedRecord(let path, let line, let reason):
            return "\(path):\(line): not a record of this task: \(reason); evaluate again"
        }
    }
}
