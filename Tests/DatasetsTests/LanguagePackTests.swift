import Datasets
import Foundation
import Testing

@Suite("Language packs")
struct LanguagePackTests {
    /// A small pack that is complete; tests change one line of it.
    static let small = """
        code: xx
        name: Test
        translate: "Test: {text}"
        classes:
          round: {how_many: which}
        lexicon:
          noun:
            egg: {class: round, plural: eggs}
            key: {plural: keys, how_many: what}
          container:
            box: {plural: boxes}
          name:
            one: One
            two: Two
          gain:
            buy: buys
          lose:
            sell: sells
          neutral:
            see: sees
          place:
            town: in town
          day:
            today: today
        sentences:
          has: "{name1} has {number1} {noun1.plural}."
          act: {text: "{Day1} {name1} {action1} {noun1.plural} {place1}.", weight: 2}
        questions:
          how_many:
            question: "{name1} has {number1} {noun1.plural}. {noun1.how_many} {noun1.plural}?"
            reply: "{number1}."
        problems:
          gain: "{name1} has {number1} {noun1.plural}. {name1} {gain1} {number2}. Now?"

        """

    private func pack(_ text: String, path: String = "/packs/test.yaml") throws -> LanguagePack {
        try LanguagePack(yaml: text, url: URL(fileURLWithPath: path))
    }

    private func message(_ text: String) -> String {
        do {
            _ = try pack(text)
            return "no error"
        } catch {
            return "\(error)"
        }
    }

    @Test("a complete pack is read, with the forms of its classes")
    func reading() throws {
        let pack = try pack(Self.small)
        #expect(pack.code == "xx" && pack.name == "Test")
        #expect(pack.translationCue.before == "Test: " && pack.translationCue.after == "")
        #expect(pack.lexicon[.noun]?.map(\.key) == ["egg", "key"])
        #expect(pack.lexicon[.noun]?[0].forms == ["plural": "eggs", "how_many": "which"])
        #expect(pack.sentences.map(\.weight) == [1, 2])
    }

    @Test("words that problems alone use are noted, whole words and in general text of any kind")
    func wordsOfProblemsAlone() throws {
        func remarks(_ text: String) throws -> [String] { try pack(text).review.remarks }
        #expect(try remarks(Self.small) == ["problem gain: no general text holds \"now\""])
        let told = Self.small.replacing(
            "  has: \"{name1} has",
            with: "  has: \"Now, {name1} has"
        )
        #expect(try remarks(told).isEmpty)
        let asked = Self.small.replacing(
            "problems:\n",
            with: """
                events:
                  after:
                    question: "{name1} {gain1} {noun1.plural}. And now?"
                    reply: "{name1} has {noun1.plural}."
                problems:

                """
        )
        #expect(try remarks(asked).isEmpty)
        // A syllable beside a slot is no word.
        let joined = Self.small.replacing("{number2}. Now?", with: "{number2}pcs. Now?")
        #expect(try remarks(joined) == ["problem gain: no general text holds \"now\""])
        // Without blanks between words there is nothing to look up.
        let unspaced = Self.small.replacing("name: Test", with: "name: Test\nseparator: \"\"")
        #expect(try remarks(unspaced).isEmpty)
    }

    @Test(
        "general text that could teach mathematics is refused",
        arguments: [
            // A reply that is worked out.
            (
                "    reply: \"{number1}.\"", "    reply: \"{number1+number2}.\"",
                "the reply of 'how_many' states {number1+number2}, which the question does not"
            ),
            // A sum in words.
            (
                "has: \"{name1} has {number1} {noun1.plural}.\"",
                "has: \"{name1} has {number1} and {number2}, in all {number1+number2}.\"",
                "'has' states {number1+number2} and the numbers that it is computed from"
            ),
            // An equation, an answer line, a number that no slot holds, in the digits of any
            // script.
            ("{name1} {action1} {noun1.plural}", "{number1} = {number1}", "holds \"=\""),
            ("{name1} {action1} {noun1.plural}", "#### {number1}", "holds \"#\""),
            ("{name1} {action1} {noun1.plural}", "{name1} {action1} 7", "holds \"7\""),
            ("town: in town", "town: in town ౭", "the word 'town' holds \"౭\""),
        ]
    )
    func mathematics(_ original: String, _ written: String, _ expected: String) {
        #expect(Self.small.contains(original))
        let message = message(Self.small.replacing(original, with: written))
        #expect(message.contains("general text must teach no mathematics"), "\(message)")
        #expect(message.contains(expected), "\(message)")
        // What problems hold is their own business.
        #expect(!self.message(Self.small.replacing(". Now?", with: ". 1 = 1?")).contains("teach"))
    }

    @Test(
        "mistakes are named with line and nearest known name",
        arguments: [
            (
                "code: xx", "kode: xx",
                "/packs/test.yaml:1: unknown key 'kode', nearest known: 'code'"
            ),
            (
                "{noun1.plural} {place1}", "{nuon1.plural} {place1}",
                "test.yaml:27: pattern 'act': unknown slot '{nuon1.plural}', nearest known: 'noun'"
            ),
            (
                "has {number1} {noun1.plural}.\"", "has {number1} {noun1.plurl}.\"",
                "test.yaml:8: 'egg' has no form 'plurl', nearest known: 'plural'; "
                    + "pattern 'has' (line 26)"
            ),
            (
                "class: round", "class: rond",
                "test.yaml:8: unknown class 'rond' of 'egg', nearest known: 'round'"
            ),
            (
                "  gain: \"", "  gian: \"",
                "test.yaml:33: unknown kind of problem 'gian', nearest known: 'gain'"
            ),
            (
                "{name1} has {number1} {noun1.plural}.\"", "{name2} has {number1}.\"",
                "test.yaml:26: pattern 'has' must number its slots of 'name'"
            ),
            (
                "buy: buys", "buy: {present: buys}",
                "test.yaml:27: pattern 'act' uses action without a form; 'buy' (line 16)"
            ),
            (
                "{number2}. Now?", "{number1}. Now?",
                "test.yaml:33: problem 'gain' must use exactly {number1} to {number2}"
            ),
            ("weight: 2", "weight: none", "test.yaml:27: the weight of 'act'"),
            ("weight: 2", "wieght: 2", "unknown key 'wieght' of pattern 'act'"),
            ("reply: \"{number1}.\"", "answer: x", "unknown key 'answer' of pattern 'how_many'"),
            ("{place1}.\"", "{place1.\"", "test.yaml:27: pattern 'act': braces do not match"),
            ("{place1}.\"", "{place}.\"", "test.yaml:27: pattern 'act': '{place}' is no slot"),
            ("  container:", "  continer:", "unknown kind of word 'continer'"),
            ("Test: {text}", "Test:", "test.yaml:3: 'translate' must hold {text} once"),
            ("name: Test", "name: [Test]", "test.yaml:2: 'name' must be a text"),
            ("    today: today", "    today: [", "not valid YAML"),
        ]
    )
    func mistakes(original: String, replacement: String, expected: String) {
        let changed = Self.small.replacingOccurrences(of: original, with: replacement)
        #expect(changed != Self.small)
        let message = message(changed)
        #expect(message.contains(expected), "\(message)")
    }

    @Test(
        "packs that do not match are refused with the place",
        arguments: [
            (
                "    egg: {class", "    eg: {class",
                "/packs/b.yaml:8: noun 'eg' is not in /packs/a.yaml, nearest known: 'egg'"
            ),
            (
                "    two: Two\n", "",
                "/packs/b.yaml: name 'two' is missing; it stands in /packs/a.yaml:14"
            ),
            (
                "  has: \"{name1} has", "  has: \"Someone has",
                "/packs/b.yaml:26: sentence 'has' must use the slots of /packs/a.yaml:26; "
                    + "missing [\"name1\"]"
            ),
        ]
    )
    func misaligned(original: String, replacement: String, expected: String) throws {
        let source = try pack(Self.small, path: "/packs/a.yaml")
        let changed = Self.small.replacingOccurrences(of: original, with: replacement)
            .replacingOccurrences(of: "code: xx", with: "code: yy")
        #expect(changed != Self.small)
        let target = try pack(changed, path: "/packs/b.yaml")
        do {
            _ = try BilingualWorld(source: source, target: target)
            Issue.record("no error")
        } catch {
            #expect("\(error)".contains(expected), "\(error)")
        }
    }

    @Test("a third language is one more file")
    func thirdLanguage() throws {
        let folder = FileManager.default.temporaryDirectory
            .appendingPathComponent("layerswap-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        // A toy German: articles, a separable verb, and no plural forms in common with English.
        let toy = """
            code: de
            name: Deutsch
            translate: "Deutsch: {text}"
            lexicon:
              noun:
                key: {akkusativ: den Schlüssel, mehrzahl: Schlüssel}
                egg: {akkusativ: das Ei, mehrzahl: Eier}
              container:
                box: Kiste
              name:
                one: {name: Uwe, pronomen: er}
                two: {name: Ida, pronomen: sie}
              gain:
                buy: {stamm: kauft, partikel: ein}
              lose:
                sell: {stamm: gibt, partikel: ab}
              neutral:
                see: {stamm: sieht, partikel: an}
              place:
                town: in der Stadt
              day:
                today: heute
            sentences:
              act: "{Day1} {action1.stamm} {name1.name} {noun1.akkusativ} {place1} {action1.partikel}."
              has: "{name1.name} hat {number1} {noun1.mehrzahl}."
            questions:
              how_many:
                question: "{name1.name} hat {number1} {noun1.mehrzahl}. Wie viele {noun1.mehrzahl}?"
                reply: "{number1}."
            problems:
              gain: "{name1.name} hat {number1} {noun1.mehrzahl}, dann kauft {name1.pronomen} {number2} {gain1.partikel}. Und nun?"

            """
        let url = folder.appendingPathComponent("deutsch.yaml")
        try toy.write(to: url, atomically: true, encoding: .utf8)
        var settings = WorldSettings()
        settings.kinds = ["gain"]
        settings.familiarNounShare = 1
        settings.familiarVerbShare = 1
        settings.splitShares = SplitShares(development: 0, test: 0)
        let world = try BilingualWorld(
            source: pack(Self.small),
            target: LanguagePack(at: url),
            settings: settings
        )
        var texts: Set<String> = []
        for index in 0..<200 {
            guard case .chat(let prompt, let response) = try world.parallel().document(at: index)
            else { continue }
            texts.insert(prompt.hasPrefix("Deutsch: ") ? response : String(prompt.dropFirst(6)))
        }
        #expect(texts.contains("Heute kauft Uwe das Ei in der Stadt ein."))
        #expect(texts.contains("Heute gibt Ida den Schlüssel in der Stadt ab."))
        let problem = try world.problem(split: .train, index: 0, language: "de")
        #expect(problem.question.contains("dann kauft"))
        let english = try world.problem(split: .train, index: 0, language: "xx")
        #expect(english.id == problem.id && english.question.contains("buys"))
    }

    @Test("settings that cannot work are refused")
    func badSettings() throws {
        let changes: [(inout WorldSettings) -> Void] = [
            { $0.familiarVerbShare = 1.5 }, { $0.minimumSentences = 0 },
            { $0.maximumSentences = 1 }, { $0.problemNumberMaximum = 3 }, { $0.kinds = [] },
            { $0.kinds = ["gian"] }, { $0.factorMaximum = 1 }, { $0.familiarNounShare = 0 },
            { $0.splitShares.test = 2 },
        ]
        for change in changes {
            var settings = WorldSettings()
            change(&settings)
            #expect(throws: (any Error).self) { try PackageFolder.world(settings) }
        }
        let world = try PackageFolder.world()
        #expect(throws: DatasetError.self) { try world.monolingual(language: "fr") }
    }
}
