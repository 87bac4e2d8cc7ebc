import Datasets
import Foundation
import Testing

@Suite("Questions about what happens first and what later")
struct EventTests {
    private func world(_ target: String = "swahili") throws -> BilingualWorld {
        var settings = WorldSettings()
        settings.kinds = ProblemKind.all.map(\.name)
        return try BilingualWorld(
            source: PackageFolder.pack("english"),
            target: PackageFolder.pack(target),
            settings: settings
        )
    }

    private func numbers(_ text: String) -> [String] {
        text.split { !$0.isASCII || !$0.isNumber }.map(String.init)
    }

    private func pairs(_ source: any DocumentSource, _ count: Int) throws -> [(String, String)] {
        try (0..<count).compactMap { index in
            guard case .chat(let prompt, let response) = try source.document(at: index) else {
                return nil
            }
            return (prompt, response)
        }
    }

    @Test("the reply shows the event that was asked for, and which way each one went")
    func replies() throws {
        let world = try world()
        let gains = Set((world.source.lexicon[.gain] ?? []).compactMap { $0.forms["present"] })
        let pairs = try pairs(world.events(language: "en"), 3000)
        #expect(pairs.count == 3000)
        var told: [String: Int] = [:]
        for (prompt, response) in pairs {
            let sentences = prompt.split(separator: ". ").map(String.init)
            let question = try #require(sentences.last)
            let amounts = numbers(prompt)
            let words = sentences.map { sentence in
                gains.contains { sentence.contains(" \($0) ") } ? "more" : "fewer"
            }
            let name: String
            switch question {
            case let text where text.hasPrefix("What") && text.hasSuffix("first?"):
                name = "first"
                #expect(response.hasPrefix("First") && numbers(response) == [amounts[0]])
            case let text where text.hasPrefix("What"):
                name = "later"
                #expect(response.hasPrefix("Later") && numbers(response) == [amounts[1]])
            case let text where text.hasSuffix("first and later?"):
                name = "\(words[0]) \(words[1])"
                let replies = response.split(separator: ". ")
                #expect(replies.count == 2)
                #expect(replies[0].hasPrefix("First") && replies[0].contains(words[0]))
                #expect(replies[1].hasPrefix("Later") && replies[1].contains(words[1]))
            case let text where text.hasSuffix("later?"):
                name = "boxes \(words[1])"
                #expect(response.hasPrefix("Later") && response.contains(words[1]), "\(prompt)")
            case let text where text.hasPrefix("Who"):
                let isFewer = sentences[1].contains(" fewer ")
                name = isFewer ? "takes fewer" : "takes more"
                let person = sentences[isFewer ? 0 : 1].prefix { $0 != " " }
                #expect(response.hasPrefix(person), "\(prompt)")
            case let text where text.contains(" after "):
                name = "after \(words[0])"
                #expect(response.hasPrefix("After") && response.contains(words[0]), "\(prompt)")
            default:
                name = "take"
                #expect(numbers(response) == [amounts[1]])
            }
            // Nobody loses more than the events before gave.
            if ["more fewer", "boxes fewer", "takes fewer"].contains(name), let last = amounts.last
            {
                #expect((Int(amounts[0]) ?? 0) > (Int(last) ?? 0), "\(prompt)")
            }
            told[name, default: 0] += 1
        }
        #expect(
            Set(told.keys) == [
                "first", "later", "more fewer", "fewer more", "more more", "fewer fewer",
                "boxes more", "boxes fewer", "after more", "after fewer", "take", "takes more",
                "takes fewer",
            ]
        )
    }

    @Test(
        "every language shows the same events",
        arguments: ["swahili", "telugu", "bengali", "japanese", "french", "german", "hindi"]
    )
    func alignment(_ target: String) throws {
        let (english, other) = try world(target).aligned(.events)
        for (own, their) in zip(try pairs(english, 500), try pairs(other, 500)) {
            // "5 boxes, 7 in each" has another order of words in half of the languages.
            #expect(numbers(own.0).sorted() == numbers(their.0).sorted(), "\(their.0)")
            #expect(numbers(own.1) == numbers(their.1), "\(their.1)")
        }
    }

    @Test("a reply in the other language shows the same event")
    func crossedReplies() throws {
        let source = try world().events(language: "sw", replyLanguage: "en")
        for (prompt, response) in try pairs(source, 500) {
            let first = response.prefix { $0 != " " }
            let isEnglish =
                ["First", "Later", "After", "One"].contains(first)
                || response.contains(" has more ")
            #expect(isEnglish, "\(response)")
            #expect(Set(numbers(response)).isSubset(of: numbers(prompt)), "\(prompt)")
        }
    }

    @Test("packs without such questions say so when they are asked for")
    func missing() throws {
        let text = """
            code: en
            name: English
            translate: "English: {text}"
            lexicon:
              noun: {orange: {plural: oranges}, mango: {plural: mangoes}}
              container: {box: box}
              name: {juma: Juma, asha: Asha}
              gain: {buy: buys}
              lose: {sell: sells}
              neutral: {see: sees}
              place: {town: in town}
              day: {today: today}
            sentences:
              has: "{name1} has {number1} {noun1.plural}."
            questions:
              many:
                question: "{name1} has {number1} {noun1.plural}. How many?"
                reply: "{number1}."
            problems:
              gain: "{name1} has {number1} {noun1.plural}. {name1} {gain1} {number2}. Now?"

            """
        var settings = WorldSettings()
        settings.kinds = ["gain"]
        settings.familiarNounShare = 1
        settings.familiarVerbShare = 1
        let english = try LanguagePack(yaml: text, url: URL(fileURLWithPath: "/packs/en.yaml"))
        let other = try LanguagePack(
            yaml: text.replacing("code: en", with: "code: xx"),
            url: URL(fileURLWithPath: "/packs/xx.yaml")
        )
        let world = try BilingualWorld(source: english, target: other, settings: settings)
        #expect(english.events.isEmpty)
        let error = #expect(throws: DatasetError.self) { try world.events(language: "en") }
        #expect("\(try #require(error))".contains("no section 'events'"))
    }
}
