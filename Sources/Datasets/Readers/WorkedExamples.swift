import Foundation

/// Reads the worked examples that stand before questions in few-shot prompts.
package enum WorkedExamples {
    /// The first examples of a language, in the order of the file.
    ///
    /// The words that stand before questions and solutions, such as `Question:`, are left out: the
    /// form of the prompt has its own.
    ///
    /// - Parameters:
    ///   - url: Rows of GSM8K's form, with `lang`.
    ///   - language: The code of the language.
    ///   - count: How many.
    ///   - solution: Which solution they show.
    /// - Returns: As many as were asked for.
    /// - Throws: `DataFileError`, also when the file has fewer.
    package static func read(
        at url: URL,
        language: String,
        count: Int,
        solution: SolutionForm
    ) throws -> [PromptForm.Example] {
        let problems = try MathReader.problems(
            at: url,
            format: .gsm8k,
            language: language,
            solution: solution
        )
        let found = problems.filter { $0.language == language && !$0.solution.isEmpty }
        guard found.count >= count else {
            throw DataFileError.tooFew(
                path: url.path,
                found: "\(found.count) examples with a solution in the language \"\(language)\"",
                expected: "\(count)"
            )
        }
        return found.prefix(count).map { problem in
            var problem = problem
            problem.solution = withoutLabel(problem.solution)
            return PromptForm.Example(
                question: withoutLabel(problem.question),
                reply: problem.response
            )
        }
    }

    /// A text without the label before it: a few words that end with a colon.
    static func withoutLabel(_ text: String) -> String {
        let longest = 40
        guard let colon = text.firstIndex(where: { ":：".contains($0) }) else { return text }
        let label = text[..<colon]
        guard label.count <= longest, label.allSatisfy({ !$0.isNumber && !".?!".contains($0) })
        else { return text }
        return String(text[text.index(after: colon)...].drop(while: \.isWhitespace))
    }
}
