import Datasets
import Foundation
import Foundations

/// Checks language packs and shows what the generator makes of them.
package struct PackTool: Sendable {
    /// What examples are of.
    package enum Kind: String, CaseIterable, Sendable {
        /// Sentences of stories.
        case text
        /// Sentences and their translations, as documents.
        case translation
        /// Questions about a sentence and their replies.
        case question
        /// Questions about what happens first, later, after something or to each, and their
        /// replies.
        case event
        /// Word problems with their solutions.
        case problem
    }

    /// One content in both languages.
    package struct Example: Encodable, Hashable, Sendable {
        /// The kind of problem; nil for other examples.
        package var kind: String?
        /// In English.
        package var english: String
        /// In the target language.
        package var target: String
        /// The reply or the worked solution in English; nil for plain text.
        package var englishReply: String?
        /// The reply or the worked solution in the target language.
        package var targetReply: String?
    }

    /// What a check found.
    package struct Verdict: Encodable, Sendable {
        /// The file.
        package var file: String
        /// What the pack holds; nil when it cannot be read.
        package var review: LanguagePackReview?
        /// Problems that were written in it and in English with the same numbers in both.
        package var sharedProblems: Int
        /// Phrasings of problems that state their numbers in another order than in English, which a
        /// person has to look at.
        package var reorderedProblems: [String] = []
        /// What is wrong; nil when nothing is.
        package var error: String?
    }

    /// Contents of each kind that a check writes out.
    static let checkedContents = 500

    private let source: LanguagePack

    /// Reads the pack that all others are aligned with.
    ///
    /// - Throws: `LanguagePackError`.
    package init(source url: URL) throws {
        source = try LanguagePack(at: url)
    }

    /// Reads a pack, aligns it with the source and writes contents of every kind in both.
    ///
    /// A problem must state the numbers of the English one, each as often, and no text may keep a
    /// brace of a pattern. What the program cannot see, numbers that have changed places, is
    /// listed.
    package func check(_ url: URL) -> Verdict {
        var verdict = Verdict(file: url.shownPath, sharedProblems: 0)
        do {
            let pack = try LanguagePack(at: url)
            verdict.review = pack.review
            guard pack.code != source.code else { return verdict }
            let world = try world(with: pack)
            let english = try world.problems(
                split: .test,
                count: Self.checkedContents,
                language: source.code
            )
            let target = try world.problems(
                split: .test,
                count: Self.checkedContents,
                language: pack.code
            )
            for (own, their) in zip(target, english) {
                guard Self.numbers(in: own.question) == Self.numbers(in: their.question) else {
                    verdict.error =
                        "\(own.kind): \"\(own.question)\" states other numbers than "
                        + "\"\(their.question)\""
                    return verdict
                }
            }
            verdict.sharedProblems = target.count
            verdict.reorderedProblems = pack.reorderedProblems(against: source)
            let texts = try Kind.allCases.flatMap { kind in
                try examples(of: kind, in: world, count: Self.checkedContents)
            }.flatMap { [$0.target, $0.targetReply ?? ""] }
            if let unfilled = texts.first(where: { $0.contains("{") || $0.contains("}") }) {
                verdict.error = "a slot was left unfilled in \"\(unfilled)\""
            }
        } catch {
            verdict.error = "\(error)"
        }
        return verdict
    }

    private static func numbers(in text: String) -> [String] {
        text.matches(of: /[0-9]+/).map { String($0.output) }.sorted()
    }

    /// Contents in both languages, side by side.
    ///
    /// - Throws: `LanguagePackError`, `DatasetError`.
    package func examples(of kind: Kind, target: LanguagePack, count: Int) throws -> [Example] {
        try examples(of: kind, in: world(with: target), count: count)
    }

    /// A world that uses all of the packs.
    private func world(with target: LanguagePack) throws -> BilingualWorld {
        var settings = WorldSettings()
        settings.kinds = ProblemKind.all.map(\.name)
        settings.phrasings = 9
        settings.distractorShare = source.distractors.isEmpty ? 0 : 0.2
        return try BilingualWorld(source: source, target: target, settings: settings)
    }

    private func examples(
        of kind: Kind,
        in world: BilingualWorld,
        count: Int
    ) throws -> [Example] {
        let codes = world.languages
        switch kind {
        case .problem:
            let english = try world.problems(split: .train, count: count, language: codes[0])
            let target = try world.problems(split: .train, count: count, language: codes[1])
            return zip(english, target).map { english, target in
                Example(
                    kind: english.kind,
                    english: english.question,
                    target: target.question,
                    englishReply: english.response,
                    targetReply: target.response
                )
            }
        case .text: return try pairs(world.aligned(.stories), count)
        case .question: return try pairs(world.aligned(.questions), count)
        case .event:
            guard !source.events.isEmpty else { return [] }
            return try pairs(world.aligned(.events), count)
        case .translation: return try pairs(world.aligned(.translations), count)
        }
    }

    /// The documents at the same indices of two sources.
    private func pairs(
        _ sources: (source: any DocumentSource, target: any DocumentSource),
        _ count: Int
    ) throws -> [Example] {
        try (0..<count).map { index in
            switch try (sources.source.document(at: index), sources.target.document(at: index)) {
            case (.text(let own), .text(let their)):
                return Example(english: own, target: their)
            case (.chat(let own, let reply), .chat(let their, let theirReply)):
                return Example(
                    english: own,
                    target: their,
                    englishReply: reply,
                    targetReply: theirReply
                )
            default:
                throw DatasetError.drawFailed(what: "documents of one form", attempts: 1)
            }
        }
    }
}
