import Datasets
import Foundation
import Testing

@Suite("Words and agreement")
struct VocabularyTests {
    @Test(
        "Swahili nouns agree with their class",
        arguments: [
            ("orange", "machungwa mangapi", "machungwa yanabaki"),
            ("banana", "ndizi ngapi", "ndizi zinabaki"),
            ("book", "vitabu vingapi", "vitabu vinabaki"),
            ("tree", "miti mingapi", "miti inabaki"),
            ("goat", "mbuzi wangapi", "mbuzi wanabaki"),
            ("key", "funguo ngapi", "funguo zinabaki"),
            ("chicken", "kuku wangapi", "kuku wanabaki"),
        ]
    )
    func agreement(key: String, howMany: String, remain: String) throws {
        let pack = try PackageFolder.pack("swahili")
        let noun = try #require(pack.lexicon[.noun]?.first { $0.key == key })
        let plural = try #require(noun.forms["plural"])
        #expect("\(plural) \(noun.forms["how_many"] ?? "")" == howMany)
        #expect("\(plural) \(noun.forms["remain"] ?? "")" == remain)
    }

    @Test("questions ask with the form of their noun")
    func agreementInText() throws {
        let world = try PackageFolder.world()
        let nouns = try #require(world.target.lexicon[.noun])
        let forms = Dictionary(
            grouping: nouns,
            by: { $0.forms["plural"] ?? "" }
        ).mapValues { Set($0.compactMap { $0.forms["how_many"] }) }
        var seen: Set<String> = []
        for index in 0..<2000 {
            let problem = try world.problem(split: .train, index: index, language: "sw")
            let words = problem.question.split { " ?.".contains($0) }.map(String.init)
            let asked = try #require(words.firstIndex { $0.hasSuffix("ngapi") })
            #expect(forms[words[asked - 1]]?.contains(words[asked]) == true, "\(problem.question)")
            seen.insert(words[asked])
        }
        #expect(seen == ["mangapi", "ngapi", "vingapi", "mingapi", "wangapi"])
    }

    @Test("the packs have at least the size that the experiment asks for")
    func lexiconSize() throws {
        let pack = try PackageFolder.pack("english")
        let sizes: [WordCategory: Int] = [
            .noun: 150, .container: 20, .name: 40, .gain: 30, .lose: 30, .neutral: 20, .place: 20,
            .day: 16,
        ]
        for (category, size) in sizes {
            #expect(pack.lexicon[category]?.count ?? 0 >= size, "\(category)")
        }
        #expect(Set(pack.problems.map(\.kind)).count >= 12)
        for (kind, phrasings) in Dictionary(grouping: pack.problems, by: \.kind) {
            #expect(phrasings.count >= 2, "\(kind)")
        }
    }

    @Test("the familiar vocabulary holds 24 nouns and 2 verbs of each direction")
    func familiarWords() throws {
        let world = try PackageFolder.world()
        let familiarNouns = world.target.lexicon[.noun]?.prefix(24).compactMap {
            $0.forms["plural"]
        }
        let verbs = [
            "anapokea", "anakusanya", "anaazima", "anashinda", "anapata", "anatengeneza",
            "anatoa", "anatupa", "anavunja", "anachoma", "anarudisha", "anaharibu",
        ]
        let sources = [
            try world.monolingual(language: "sw", vocabulary: .familiar),
            try world.parallel(vocabulary: .familiar),
            try world.instructions(language: "sw", vocabulary: .familiar),
            try world.events(language: "sw", vocabulary: .familiar),
            try world.wordProblems(language: "sw", vocabulary: .familiar),
        ]
        let unknown = Set(
            (world.target.lexicon[.noun] ?? []).dropFirst(24).flatMap {
                [$0.forms["singular"] ?? "", $0.forms["plural"] ?? ""]
            } + verbs
        )
        #expect(familiarNouns?.count == 24)
        var words: Set<String> = []
        for source in sources {
            for index in 0..<3000 {
                let text = BilingualWorldTests.text(of: try source.document(at: index))
                // The patterns with a verb of their own: "each gets" and "one person gets" in
                // sharing.
                let known = text.replacingOccurrences(of: "Kila mmoja anapata", with: "")
                    .replacingOccurrences(of: "Mtu mmoja anapata", with: "")
                    .replacingOccurrences(of: "Nani anapata", with: "")
                words.formUnion(known.split { " ?.,".contains($0) }.map(String.init))
            }
        }
        #expect(words.isDisjoint(with: unknown), "\(words.intersection(unknown))")
        #expect(words.isSuperset(of: ["ananunua", "anaokota", "anapoteza", "anauza"]))
        #expect(words.isSuperset(of: familiarNouns ?? []))
    }

    @Test("the unfamiliar vocabulary has none of the familiar direction verbs")
    func unfamiliarVerbs() throws {
        let world = try PackageFolder.world()
        let problems = try world.problems(
            split: .test,
            count: 500,
            language: "sw",
            vocabulary: .unfamiliar,
            kinds: ["gain", "lose"]
        )
        for problem in problems {
            for verb in ["ananunua", "anaokota", "anapoteza", "anauza"] {
                #expect(!problem.question.contains(verb))
            }
        }
    }

    @Test(
        "every meaning of problems occurs in stories and in questions of both languages",
        arguments: [
            (
                "en",
                [
                    "share", "each", "together", "In all", "left over", "twice as many",
                    "more", "fewer", "How many more", "at first", "price",
                ]
            ),
            (
                "sw",
                [
                    "wanagawana", "kila", "kwa pamoja", "Kwa jumla", "baki", "mara mbili ya",
                    "zaidi", "pungufu", "ngapi zaidi ya", "wanzoni", "Bei",
                ]
            ),
        ]
    )
    func meanings(language: String, words: [String]) throws {
        let world = try PackageFolder.world()
        for source in [
            try world.monolingual(language: language), try world.instructions(language: language),
        ] {
            let text = try (0..<1000).map {
                BilingualWorldTests.text(of: try source.document(at: $0))
            }.joined(separator: "\n")
            for word in words {
                #expect(text.lowercased().contains(word.lowercased()), "\(word)")
            }
        }
    }
}
