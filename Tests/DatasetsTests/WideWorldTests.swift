import Datasets
import Foundation
import Testing

/// All packs of the package beside English.
private let targets = ["swahili", "telugu", "bengali", "japanese", "french", "german", "hindi"]

@Suite("The wide world")
struct WideWorldTests {
    private func settings(_ change: (inout WorldSettings) -> Void = { _ in }) -> WorldSettings {
        var settings = WorldSettings()
        settings.kinds = ProblemKind.all.map(\.name)
        settings.phrasings = 3
        change(&settings)
        return settings
    }

    private func world(
        _ target: String,
        _ change: (inout WorldSettings) -> Void = { _ in }
    ) throws -> BilingualWorld {
        try BilingualWorld(
            source: PackageFolder.pack("english"),
            target: PackageFolder.pack(target),
            settings: settings(change)
        )
    }

    @Test("every language shows the same problems with the same answers", arguments: targets)
    func sameProblems(_ target: String) throws {
        let world = try world(target) { $0.distractorShare = 0.3 }
        let english = try world.problems(split: .test, count: 1000, language: "en")
        let told = try world.problems(split: .test, count: 1000, language: world.target.code)
        #expect(told.map(\.id) == english.map(\.id))
        #expect(told.map(\.response) == english.map(\.response))
        #expect(Set(told.map(\.question)).count > 990)
        for (own, their) in zip(told, english) {
            #expect(!own.question.contains { "{}".contains($0) }, "\(own.question)")
            // Every number that English states stands in the other language too.
            let numbers = { (text: String) in text.split { !$0.isASCII || !$0.isNumber }.sorted() }
            #expect(numbers(own.question) == numbers(their.question), "\(own.question)")
        }
    }

    @Test("the share of problems with a distractor is the one asked for, and answers stay right")
    func distractors() throws {
        let plain = try world("swahili")
        let distracted = try world("swahili") { $0.distractorShare = 0.25 }
        var longer = 0
        for index in 0..<2000 {
            let own = try distracted.problem(split: .train, index: index, language: "en")
            let solution = own.solution.split(separator: "=").last.map(String.init) ?? ""
            #expect(solution.contains(own.answer))
            if own.question.count(where: { $0 == "." || $0 == "?" }) > 3 { longer += 1 }
        }
        let usual = try (0..<2000).count { index in
            try plain.problem(split: .train, index: index, language: "en")
                .question.count { $0 == "." || $0 == "?" } > 3
        }
        #expect(longer > usual + 200)
    }

    @Test("a distractor speaks of other things than its problem")
    func distractorThings() throws {
        let world = try world("swahili") {
            $0.distractorShare = 1
            $0.kinds = ["gain"]
            $0.phrasings = 1
        }
        let nouns = world.source.lexicon[.noun] ?? []
        for index in 0..<500 {
            let question = try world.problem(split: .train, index: index, language: "en").question
            let sentences = question.split(separator: ". ")
            try #require(sentences.count == 4, "\(question)")
            let aside = sentences[1]
            let asked = try #require(
                nouns.first { sentences[3].hasPrefix("How many \($0.forms["plural"] ?? "?") ") }
            )
            let words = aside.split { " .".contains($0) }.map(String.init)
            #expect(!words.contains(asked.forms["plural"] ?? ""), "\(question)")
        }
    }

    @Test("words fall off in frequency by their rank, and the rarest still occur")
    func frequencies() throws {
        let world = try world("swahili") { $0.wordFrequencyExponent = 1 }
        let nouns = (world.source.lexicon[.noun] ?? []).map { $0.forms["plural"] ?? "" }
        var counts: [String: Int] = [:]
        for index in 0..<20_000 {
            let question = try world.problem(split: .train, index: index, language: "en").question
            for word in Set(question.split { " .,?".contains($0) }.map(String.init)) {
                counts[word, default: 0] += 1
            }
        }
        func mean(_ range: Range<Int>) -> Double {
            Double(range.reduce(0) { $0 + (counts[nouns[$1]] ?? 0) }) / Double(range.count)
        }
        // Weights 1 / (r + 2): ranks 1 to 5 weigh on average 13 times as much as ranks 100 to 150.
        let ratio = mean(0..<5) / mean(100..<150)
        #expect(ratio > 18 && ratio < 35, "\(ratio)")
        #expect(nouns.suffix(20).allSatisfy { (counts[$0] ?? 0) > 0 })
    }

    @Test("a problem says whether the base knows its words")
    func unknownWords() throws {
        let world = try world("swahili") {
            $0.familiarNounShare = 0.3
            $0.familiarVerbShare = 0.3
        }
        let familiar = try (0..<300).map {
            try world.problem(split: .train, index: $0, language: "sw", vocabulary: .familiar)
        }
        #expect(familiar.allSatisfy { $0.usesUnknownWords == false })
        let all = try world.problems(split: .test, count: 1000, language: "sw")
        let unknown = all.count { $0.usesUnknownWords == true }
        #expect(unknown > 600 && unknown < 1000, "\(unknown)")
        let english = try world.problems(split: .test, count: 1000, language: "en")
        #expect(english.map(\.usesUnknownWords) == all.map(\.usesUnknownWords))
    }

    @Test("what a language expert reads holds no equation and no answer", arguments: targets)
    func noMathematics(_ target: String) throws {
        let world = try world(target)
        let sources: [any DocumentSource] = [
            try world.monolingual(language: world.target.code), try world.parallel(),
            try world.instructions(language: world.target.code),
            try world.instructions(language: world.target.code, replyLanguage: "en"),
            try world.events(language: world.target.code),
            try world.events(language: world.target.code, replyLanguage: "en"),
        ]
        let questions = Set(
            try world.problems(split: .train, count: 3000, language: world.target.code)
                .map(\.question)
        )
        for source in sources {
            for index in 0..<3000 {
                let text: String
                switch try source.document(at: index) {
                case .text(let whole): text = whole
                case .chat(let prompt, let response):
                    #expect(!questions.contains(prompt))
                    text = prompt + response
                }
                #expect(!text.contains("=") && !text.contains("#"), "\(text)")
            }
        }
    }

    @Test("several sentences are translated at once, each as it is translated alone")
    func longTranslations() throws {
        let world = try world("japanese") { $0.translationSentences = 3 }
        let (into, out) = try world.aligned(.translations)
        var counts: Set<Int> = []
        for index in 0..<200 {
            guard case .chat(let japanese, let english) = try into.document(at: index),
                case .chat(let asked, let answer) = try out.document(at: index)
            else {
                Issue.record("a translation is no chat")
                continue
            }
            #expect(japanese.hasSuffix(answer))
            #expect(asked.hasSuffix(english))
            counts.insert(answer.count { "。？".contains($0) })
        }
        #expect(counts.isSuperset(of: [1, 2, 3, 4]), "\(counts)")
    }

    @Test("the cue stands behind problems in every language alike, and behind nothing else")
    func cue() throws {
        let plain = try world("telugu")
        let cued = try world("telugu") { $0.problemCue = "####" }
        for language in ["en", "te"] {
            for index in 0..<50 {
                let own = try cued.problem(split: .train, index: index, language: language)
                let other = try plain.problem(split: .train, index: index, language: language)
                #expect(own.question == other.question + " ####")
                #expect(own.response == other.response)
            }
            let questions = try cued.instructions(language: language)
            for index in 0..<200 {
                guard case .chat(let prompt, _) = try questions.document(at: index) else {
                    continue
                }
                #expect(!prompt.contains("#"))
            }
        }
    }

    @Test("verbs agree with the person before them")
    func agreement() throws {
        let pack = try PackageFolder.pack("hindi")
        let buy = try #require(pack.lexicon[.gain]?.first { $0.key == "buy" })
        #expect(Set(buy.forms.values).count > 1)
        let world = try world("hindi") {
            $0.kinds = ["gain"]; $0.phrasings = 1
        }
        let names = Dictionary(
            uniqueKeysWithValues: (pack.lexicon[.name] ?? []).map { ($0.key, $0) }
        )
        let classes = Set(names.values.compactMap(\.agreement))
        #expect(classes == ["m", "f"])
        var seen: Set<String> = []
        for index in 0..<400 {
            let problem = try world.problem(split: .train, index: index, language: "hi")
            for name in names.values {
                let text = name.forms[""] ?? name.forms.values.first ?? "?"
                guard problem.question.hasPrefix(text) else { continue }
                // Habitual verbs end in ता है for men and in ती है for women.
                let other = name.agreement == "m" ? "ती है" : "ता है"
                #expect(!problem.question.contains(other), "\(problem.question)")
                seen.insert(name.agreement ?? "")
            }
        }
        #expect(seen == ["m", "f"])
    }
}
