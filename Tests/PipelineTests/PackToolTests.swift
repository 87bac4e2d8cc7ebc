import Datasets
import Foundation
import Pipeline
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

    @Test("a whole pack is told with its words and the problems that it shares")
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
