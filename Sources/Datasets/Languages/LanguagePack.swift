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
        package var forms: [String: String]
        /// Where it stands in the file.
        package var line: Int
    }

    /// A pattern of one text.
    package struct Pattern: Sendable {
        /// What joins it with its translations.
        package var key: String
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
    /// The words, by category, in the order of the file.
    package let lexicon: [WordCategory: [Word]]
    /// Patterns of general sentences.
    package let sentences: [Pattern]
    /// Patterns of questions about a sentence, with replies.
    package let questions: [Pattern]
    /// Patterns of word problems; each key is a kind of problem.
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
        lexicon = try reader.lexicon(of: root)
        sentences = try reader.patterns("sentences", of: root, hasReply: false)
        questions = try reader.patterns("questions", of: root, hasReply: true)
        problems = try reader.patterns("problems", of: root, hasReply: false)
        fingerprint = String(ContentMixer.hash(of: text), radix: 16)
        try verify()
    }

    /// The words a slot of a category can take, in order.
    func words(of category: WordCategory) -> [Word] {
        category.members.flatMap { lexicon[$0] ?? [] }
    }
}
