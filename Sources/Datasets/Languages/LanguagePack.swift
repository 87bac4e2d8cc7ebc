import Foundation

/// A language as data: its words with their forms, and patterns of sentences, questions and
/// word problems.
///
/// Everything that grammar needs is written in the pack: a noun may carry any named form, and a
/// pattern asks for it by name, as in `{noun1.how_many}`. So a language is added by one file.
package struct LanguagePack: Sendable {
    /// A word in all its forms.
    package struct Word: Sendable {
        /// What joins it with its translations.
        package var key: String
        /// The forms by name; a word written plainly has the one form "".
        ///
        /// Forms that agree with other words have the class of those behind a dot: `present.f`.
        package var forms: [String: String]
        /// What words that agree with it go by, such as a gender; nil when nothing does.
        package var agreement: String?
        /// Where it stands in the file.
        package var line: Int
    }

    /// A pattern of one text.
    package struct Pattern: Sendable {
        /// What joins it with its translations; of several phrasings the second is `gain#2`.
        package var key: String
        /// The key without the number of the phrasing; of a problem it is the kind.
        package var kind: String
        /// How often it is drawn, relative to the others of its section; read from the source pack.
        package var weight: Double
        /// The text.
        package var text: Template
        /// The reply, for patterns of questions.
        package var reply: Template?
        /// Where it stands in the file.
        package var line: Int

        /// The text and the reply.
        var templates: [Template] { [text] + (reply.map { [$0] } ?? []) }
    }

    /// The file the pack was read from.
    package let url: URL
    /// Language code, such as `sw`.
    package let code: String
    /// What the language calls itself, such as `Kiswahili`.
    package let name: String
    /// What stands before and after a text that is to be translated into the language.
    package let translationCue: (before: String, after: String)
    /// What stands between two sentences: a space, or nothing.
    package let separator: String
    /// The words, by category, in the order of the file.
    package let lexicon: [WordCategory: [Word]]
    /// Patterns of general sentences.
    package let sentences: [Pattern]
    /// Patterns of questions about a sentence, with replies.
    package let questions: [Pattern]
    /// Patterns of questions about what happens first, later, after something or to each, with
    /// replies; a pack may have none.
    package let events: [Pattern]
    /// Patterns of sentences that a problem can hold without needing them.
    package let distractors: [Pattern]
    /// Patterns of word problems: of each kind one or several phrasings.
    package let problems: [Pattern]
    /// The hash of the file's text.
    package let fingerprint: String

    /// Reads and verifies a pack.
    ///
    /// - Throws: `LanguagePackError` with file and line, or `DataFileError` when the file cannot
    ///   be read.
    package init(at url: URL) throws {
        let data = try DataFile.contents(of: url)
        guard let text = String(validating: data, as: UTF8.self) else {
            throw LanguagePackError(path: url.path, line: 0, message: "the file is not UTF-8")
        }
        try self.init(yaml: text, url: url)
    }

    /// Reads and verifies a pack from its text; `url` is named in errors.
    package init(yaml text: String, url: URL) throws {
        let reader = LanguagePackReader(path: url.path)
        let root = try reader.root(of: text)
        self.url = url
        code = try reader.text("code", of: root)
        name = try reader.text("name", of: root)
        translationCue = try reader.translationCue(of: root)
        separator = try reader.optionalText("separator", of: root) ?? " "
        lexicon = try reader.lexicon(of: root)
        sentences = try reader.patterns("sentences", of: root, hasReply: false)
        questions = try reader.patterns("questions", of: root, hasReply: true)
        events = try reader.optionalPatterns("events", of: root, hasReply: true)
        distractors = try reader.optionalPatterns("distractors", of: root, hasReply: false)
        problems = try reader.problems(of: root)
        fingerprint = String(ContentMixer.hash(of: text), radix: 16)
        try verify()
    }

    /// The code of the pack in a file, from its line `code: sw` alone; nil when it has none.
    package static func code(of url: URL) -> String? {
        guard let text = try? String(contentsOf: url, encoding: .utf8) else { return nil }
        let line = text.split(separator: "\n").first { $0.hasPrefix("code:") }
        return line.map { $0.dropFirst("code:".count).trimmingCharacters(in: .whitespaces) }
    }

    /// The words a slot of a category can take, in order.
    func words(of category: WordCategory) -> [Word] {
        category.members.flatMap { lexicon[$0] ?? [] }
    }
}
