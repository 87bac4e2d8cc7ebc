import Arithmetic
import Foundation

/// The forms of files of word problems.
package enum MathFileFormat: String, Codable, Sendable, CaseIterable {
    /// GSM8K: JSON lines with `question` and either `answer` as published (worked text, then
    /// `#### 72`) or `answer` as a number beside `answer_cot` and `equation_solution`.
    case gsm8k
    /// ASDiv as JSON lines with `question`, `answer` and `equation` such as `7+2=9`.
    case asdiv
    /// MSVAMP as JSON lines with `id`, `question`, `answer` and a prefix `equation`.
    case msvamp
    /// MGSM: question, tab, answer; no header.
    case mgsm
}

/// Which worked solution a model is trained on.
package enum SolutionForm: String, Codable, Sendable, CaseIterable {
    /// The words of the data set; equations where it has no words.
    case worded
    /// Equations alone, `48 / 2 = 24. 48 + 24 = 72.`, the same in every language.
    case equations
    /// No work at all: the reply is the answer, `#### 72`.
    case answer
}

/// Reads files of word problems, plain or gzip.
package enum MathReader {
    /// The problems of a file in the order of its rows.
    ///
    /// - Parameters:
    ///   - url: The file.
    ///   - format: What its rows look like.
    ///   - language: The language of rows that do not name theirs in `lang`.
    ///   - solution: Which solution a problem carries.
    /// - Returns: One problem a row.
    /// - Throws: `DataFileError` with file and line.
    package static func problems(
        at url: URL,
        format: MathFileFormat,
        language: String = "en",
        solution: SolutionForm = .worded
    ) throws -> [MathProblem] {
        let problems = try rows(at: url, format: format, language: language, solution: solution)
        return solution == .answer ? problems.map(\.withoutWork) : problems
    }

    private static func rows(
        at url: URL,
        format: MathFileFormat,
        language: String,
        solution: SolutionForm
    ) throws -> [MathProblem] {
        switch format {
        case .mgsm:
            return try mgsm(at: url, language: language)
        case .gsm8k:
            return try JSONRow.compactMap(of: url) { try gsm8k($0, language, solution) }
        case .asdiv:
            return try JSONRow.compactMap(of: url) { try asdiv($0, language) }
        case .msvamp:
            return try JSONRow.compactMap(of: url) { try msvamp($0, language) }
        }
    }

    private static func mgsm(at url: URL, language: String) throws -> [MathProblem] {
        var problems: [MathProblem] = []
        try DataFile.forEachLine(of: url) { line in
            let columns = line.text.split(separator: "\t", omittingEmptySubsequences: false)
            let failure = { (found: String) in
                DataFileError.badRow(
                    path: url.path,
                    line: line.number,
                    found: found,
                    expected: "a question, one tab, and a number"
                )
            }
            guard columns.count == 2 else { throw failure("\(columns.count) columns") }
            guard columns[0].contains(where: { !$0.isWhitespace }) else {
                throw failure("a blank question")
            }
            guard let answer = CanonicalNumber(columns[1]) else {
                throw failure("the answer \"\(columns[1].prefix(40))\"")
            }
            // The rows of all languages stand in the same order, so the place is the identity.
            problems.append(
                MathProblem(
                    id: "mgsm-\(problems.count)",
                    language: language,
                    kind: "mgsm",
                    question: String(columns[0]),
                    answer: answer.description
                )
            )
        }
        return problems
    }

    private static func asdiv(_ row: JSONRow, _ language: String) throws -> MathProblem {
        let question = try row.text("question")
        let answer = try row.number("answer")
        let steps = row.optionalText("equation").flatMap { WorkedEquations(asdiv: $0) }
        // Divisions with a rest, "GCD(72,90)" and the like are no plain equations: such a problem
        // keeps its answer and has no solution.
        let worked = steps.flatMap { $0.ends(with: answer) ? $0 : nil }
        return MathProblem(
            id: row.identity(of: question, set: "asdiv"),
            language: row.optionalText("lang") ?? language,
            kind: "asdiv",
            question: question,
            solution: worked?.solution ?? "",
            answer: answer,
            equations: worked?.leftSides ?? []
        )
    }

    private static func msvamp(_ row: JSONRow, _ language: String) throws -> MathProblem {
        let question = try row.optionalText("question_cased") ?? row.text("question")
        let answer = try row.number("answer")
        let prefix = try row.text("equation")
        // The places count the numbers of the English question: a translation may write some in
        // words or in another order.
        let english = row.optionalText("question_en") ?? question
        let numbers = CanonicalNumber.numbers(in: english)
        guard let expression = ArithmeticExpression(prefix: prefix, numbers: numbers) else {
            throw row.failure(
                found: "the equation \"\(prefix)\" with the numbers \(numbers.map(\.description))",
                expected: "a prefix expression such as \"- number0 number1\" whose numbers stand "
                    + "in the English question"
            )
        }
        guard let value = expression.floatingValue, CanonicalNumber(value)?.description == answer
        else {
            throw row.failure(
                found: "\(expression) = \(expression.floatingValue.map { "\($0)" } ?? "undefined")",
                expected: "the answer \(answer)"
            )
        }
        return MathProblem(
            id: row.identity(of: question, set: "msvamp"),
            language: row.optionalText("lang") ?? language,
            kind: "msvamp",
            question: question,
            solution: "\(expression) = \(answer).",
            answer: answer,
            equations: [expression.description]
        )
    }
}

extension MathReader {
    private static func gsm8k(
        _ row: JSONRow,
        _ language: String,
        _ form: SolutionForm
    ) throws -> MathProblem {
        let question = try row.text("question")
        var words = row.optionalText("answer_cot") ?? ""
        let answer: String
        let worked: WorkedEquations?
        if let published = row.optionalText("answer"), published.contains("####") {
            let parts = published.components(separatedBy: "####")
            guard parts.count == 2, let number = CanonicalNumber(parts[1]) else {
                throw row.failure(
                    found: "an answer that ends \"\(published.suffix(40))\"",
                    expected: "a worked solution, then #### and a number"
                )
            }
            answer = number.description
            worked = WorkedEquations(annotations: parts[0])
            words = WorkedEquations.withoutAnnotations(parts[0])
        } else {
            answer = try row.number("answer")
            worked = row.optionalText("equation_solution")
                .flatMap { WorkedEquations(sentences: $0) }
        }
        words = words.split(whereSeparator: \.isWhitespace).joined(separator: " ")
        let useWords = form == .worded && !words.isEmpty
        return MathProblem(
            id: row.identity(of: question, set: "gsm8k"),
            language: row.optionalText("lang") ?? language,
            kind: "gsm8k",
            question: question,
            solution: useWords ? words : worked?.solution ?? "",
            answer: answer,
            equations: worked?.leftSides ?? []
        )
    }
}

extension JSONRow {
    /// The row's own `id`, which is the same in every language, or one made from the question.
    func identity(of question: String, set: String) -> String {
        if let id = optionalText("id") { return id }
        if case .integer(let id)? = self["id"] { return "\(set)-\(id)" }
        return "\(set)-\(ContentMixer(ContentMixer.hash(of: question)).hexadecimal)"
    }
}
