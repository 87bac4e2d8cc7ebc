import Foundation

/// A worked example that is shown before a question.
package struct Exemplar: Codable, Hashable, Sendable {
    /// The question, with the word that stands before questions, such as `Swali: …`.
    package var question: String
    /// The answer in steps, with the words that stand before answers.
    package var steps: String
    /// The answer as a number.
    package var answer: String

    /// Describes an example.
    package init(question: String, steps: String, answer: String) {
        self.question = question
        self.steps = steps
        self.answer = answer
    }
}

/// Reads the worked examples of MGSM: JSON lines with `lang`, `question`, `answer_cot` and
/// `answer`.
package enum ExemplarReader {
    /// The examples in one language, in the order of the file, plain or gzip.
    ///
    /// - Parameters:
    ///   - url: The file.
    ///   - language: The language code.
    ///   - count: How many are wanted.
    /// - Returns: The first so many.
    /// - Throws: `DataFileError`, also when the file has fewer.
    package static func exemplars(
        at url: URL,
        language: String,
        count: Int
    ) throws -> [Exemplar] {
        guard count > 0 else { return [] }
        var languages: [String: Int] = [:]
        var found: [Exemplar] = []
        _ = try JSONRow.compactMap(of: url) { row -> Int? in
            let own = try row.text("lang")
            languages[own, default: 0] += 1
            guard own == language, found.count < count else { return nil }
            found.append(
                Exemplar(
                    question: try row.text("question"),
                    steps: try row.text("answer_cot"),
                    answer: try row.number("answer")
                )
            )
            return nil
        }
        guard found.count == count else {
            throw DataFileError.tooFew(
                path: url.path,
                found: "\(found.count) examples in '\(language)' (the file has "
                    + languages.keys.sorted().map { "\(languages[$0] ?? 0) \($0)" }
                    .joined(separator: ", ") + ")",
                expected: "\(count)"
            )
        }
        return found
    }
}
