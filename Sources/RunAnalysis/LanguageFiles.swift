import Datasets
import Foundation
import Foundations
import Tokenization

/// Problems and texts of several languages in files, for models without a run.
package struct LanguageFiles: Sendable {
    /// What stands for text without mathematics.
    package enum Other: Sendable {
        /// A file of texts, in the field `text` or in the one with the language's code.
        case text(URL)
        /// A file of problems, whose questions lose their numbers: for languages without other
        /// text.
        case numberless(URL)

        /// The file.
        package var url: URL {
            switch self {
            case .text(let url), .numberless(let url): url
            }
        }
    }

    /// The files of one language.
    package struct Language: Sendable {
        /// The code.
        package var code: String
        /// The problems.
        package var problems: URL
        /// Text without mathematics; nil where none is needed.
        package var other: Other?

        /// Names files.
        package init(code: String, problems: URL, other: Other? = nil) {
            self.code = code
            self.problems = problems
            self.other = other
        }
    }

    /// The languages, from the richest to the poorest.
    package var languages: [Language]

    /// Names files.
    package init(_ languages: [Language]) { self.languages = languages }

    /// Every file.
    package var urls: [URL] {
        languages.flatMap { [$0.problems] + [$0.other?.url].compactMap { $0 } }
    }

    /// What is read, in words.
    var source: String {
        languages.map { language in
            let other: String? =
                switch language.other {
                case .text(let url)?: url.lastPathComponent
                case .numberless(let url)?:
                    "questions of \(url.lastPathComponent) without their numbers"
                case nil: nil
                }
            return "\(language.code): "
                + ([language.problems.lastPathComponent] + [other].compactMap { $0 })
                .joined(separator: " and ")
        }.joined(separator: "; ")
    }

    /// A question with what it has in common with its translations.
    struct Question {
        var id: String
        var text: String
    }

    /// The questions of a file: of MGSM when its name ends in `.tsv`, else JSON lines with
    /// `question`.
    static func questions(at url: URL) throws -> [Question] {
        if url.lastPathComponent.contains(".tsv") {
            return try MathReader.problems(at: url, format: .mgsm).map {
                Question(id: $0.id, text: $0.question)
            }
        }
        return try JSONRow.compactMap(of: url) { row in
            guard case .text(let text)? = row["question"], !text.isEmpty else {
                throw row.failure(
                    found: "the fields \(row.fieldNames.joined(separator: ", "))",
                    expected: "a text in 'question'"
                )
            }
            let id: String =
                switch row["id"] {
                case .text(let id)?: id
                case .integer(let number)?: "\(number)"
                default: "line \(row.line)"
                }
            return Question(id: id, text: text)
        }
    }

    /// A question without its numbers in digits; numbers in words stay.
    static func withoutNumbers(_ text: String) -> String {
        text.replacing(#/\p{Nd}+(?:[.,٫٬]\p{Nd}+)*/#, with: "")
            .split(whereSeparator: \.isWhitespace).joined(separator: " ")
    }

    /// The samples of one language.
    ///
    /// Numberless questions come from behind those that are samples of mathematics, so that no
    /// question is in both kinds.
    func samples(
        of language: Language,
        count: Int,
        for checkpoint: OpenedCheckpoint
    ) throws -> PromptTexts {
        let questions = try Self.questions(at: language.problems).map(\.text)
        let other: [String]
        switch language.other {
        case .text(let url)?:
            other = try Self.texts(at: url, language: language.code)
        case .numberless(let url)?:
            other = try Self.questions(at: url).dropFirst(count).map {
                Self.withoutNumbers($0.text)
            }
        case nil: other = []
        }
        return PromptTexts(
            mathematics: try checkpoint.tokens(questions.prefix(count), of: language.problems),
            other: try checkpoint.tokens(other.prefix(count), of: language.other?.url)
        )
    }

    /// The texts of a file, in the field `text` or in the one with the language's code.
    static func texts(at url: URL, language: String) throws -> [String] {
        try JSONRow.compactMap(of: url) { row in
            guard case .text(let text)? = row["text"] ?? row[language], !text.isEmpty else {
                throw row.failure(
                    found: "the fields \(row.fieldNames.joined(separator: ", "))",
                    expected: "a text in 'text' or '\(language)'"
                )
            }
            return text
        }
    }
}

/// Samples of one language as tokens.
struct PromptTexts {
    var mathematics: [[Int32]]
    var other: [[Int32]]
}

extension OpenedCheckpoint {
    /// Texts as the model reads them, each behind its begin token.
    ///
    /// Texts that are longer than the model's positions, or than 512 tokens, are cut: the sample is
    /// the beginning of a story.
    func tokens(_ texts: some Sequence<String>, of file: URL?) throws -> [[Int32]] {
        guard let tokenizer else {
            throw SampleError.noTokenizer(model: name, file: file?.shownPath ?? "")
        }
        let most = min(model.configuration.maximumPositions, 512)
        return texts.map { Array((tokenizer.beginning + tokenizer.encode($0)).prefix(most)) }
    }
}

/// What keeps samples from a model.
enum SampleError: Error, CustomStringConvertible {
    /// The model's folder has no tokenizer.
    case noTokenizer(model: String, file: String)

    var description: String {
        switch self {
        case .noTokenizer(let model, let file):
            "\(file) has text, but \(model) has no tokenizer; put tokenizer.json or tokenizer.model "
                + "beside its weights"
        }
    }
}
