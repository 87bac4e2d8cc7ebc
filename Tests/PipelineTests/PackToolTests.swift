import Datasets
import Foundation
import Pipeline
import RecipeTestSupport
import Testing

@Suite("Checks of language packs")
struct PackToolTests {
    private static func url(_ name: String) -> URL {
        RecipeSupport.root.appending(path: "Data/Languages").appending(path: name)
    }

    /// Checks the Swahili pack with one part of it replaced.
    private func check(_ original: String, _ written: String) throws -> PackTool.Verdict {
        let folder = FileManager.default.temporaryDirectory
            .appending(path: "layerswap-pack-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        let text = try String(contentsOf: Self.url("swahili.yaml"), encoding: .utf8)
        #expect(text.contains(original))
        let place = try #require(text.range(of: original))
        let file = folder.appending(path: "damaged.yaml")
        try Data(text.replacingCharacters(in: place, with: written).utf8).write(to: file)
        return try PackTool(source: Self.url("english.yaml")).check(file)
    }

    @Test("a whole pack is reported with its words and the problems that it shares")
    func whole() throws {
        let tool = try PackTool(source: Self.url("english.yaml"))
        let verdict = tool.check(Self.url("swahili.yaml"))
        #expect(verdict.error == nil)
        #expect(verdict.review?.code == "sw" && verdict.sharedProblems == 500)
        #expect(tool.check(Self.url("english.yaml")).sharedProblems == 0)
    }

    @Test(
        "a damaged pack is refused with the place",
        arguments: [
            // A word lacks the form that patterns ask for.
            (
                "singular: chungwa, plural: machungwa}", "singular: chungwa}",
                "'orange' has no form 'plural'"
            ),
            // A class lacks a form, so that no word of it can fill the slot.
            ("ki_vi: {one: kimoja, ", "ki_vi: {", "has no form 'one'"),
            // A word, a pattern, and a kind of problem are missing.
            ("    mango: {class: ji_ma, singular: embe, plural: maembe}\n", "", "noun 'mango'"),
            ("  likes_other: \"{name1} anapenda {noun1.plural}.\"\n", "", "'likes_other'"),
            ("code: sw\n", "", "'code'"),
            // A slot that another pattern does not have.
            (
                "Kuna {noun1.plural} {number1} {place1}.\"", "Kuna {noun1.plural} {number1}.\"",
                "must use the slots of"
            ),
        ]
    )
    func damaged(_ original: String, _ written: String, _ expected: String) throws {
        let verdict = try check(original, written)
        let error = try #require(verdict.error)
        #expect(error.contains(expected), "\(error)")
        #expect(error.contains("damaged.yaml"))
        #expect(verdict.sharedProblems == 0)
    }

    @Test("a problem that states another number is refused, one that changes two over is listed")
    func numbers() throws {
        let gain =
            "gain:\n    - \"{name1} ana {noun1.plural} {number1}.{distractor} {name1} {gain1.present}"
        let verdict = try check(
            gain,
            gain.replacing("plural} {number1}", with: "plural} 7 {number1}")
        )
        #expect(try #require(verdict.error).contains("states other numbers than"))
        let lose =
            "lose:\n    - \"{name1} ana {noun1.plural} {number1}.{distractor} {name1} "
            + "{lose1.present} {noun1.plural} {number2}."
        let changed = lose.replacing("{number1}", with: "{number0}")
            .replacing("{number2}", with: "{number1}").replacing("{number0}", with: "{number2}")
        #expect(try check(lose, changed).reorderedProblems == ["lose"])
    }

    /// Those that a person has read: in these languages the boxes come before what is put in each.
    @Test(
        "phrasings that state their numbers in another order than in English",
        arguments: [
            ("swahili", []), ("french", []), ("german", []),
            ("telugu", ["groups_gain#2", "groups_lose#2"]),
            ("bengali", ["groups_gain#2", "groups_lose#2"]),
            ("japanese", ["groups_gain#2", "groups_lose#2"]),
            ("hindi", ["groups_gain#2", "groups_lose#2"]),
        ]
    )
    func orders(_ name: String, _ expected: [String]) throws {
        let pack = try LanguagePack(at: Self.url("\(name).yaml"))
        let english = try LanguagePack(at: Self.url("english.yaml"))
        #expect(pack.reorderedProblems(against: english) == expected)
    }

    @Test("examples are the same contents in both languages")
    func examples() throws {
        let tool = try PackTool(source: Self.url("english.yaml"))
        let pack = try LanguagePack(at: Self.url("french.yaml"))
        let problems = try tool.examples(of: .problem, target: pack, count: 20)
        #expect(problems.count == 20)
        for example in problems {
            #expect(example.kind != nil && example.english != example.target)
            let numbers = [example.english, example.target].map { text in
                text.matches(of: /[0-9]+/).map { String($0.output) }.sorted()
            }
            #expect(numbers[0] == numbers[1])
            #expect(example.englishReply == example.targetReply)
        }
        let texts = try tool.examples(of: .text, target: pack, count: 3)
        #expect(texts.allSatisfy { $0.englishReply == nil && $0.kind == nil })
    }
}
