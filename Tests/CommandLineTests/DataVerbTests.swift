import Foundation
import Testing

@Suite("The verb data")
struct DataVerbTests {
    private struct Report: Decodable {
        struct Verdict: Decodable {
            var file: String
            var sharedProblems: Int
            var error: String?
        }
        struct Proof: Decodable {
            var stage: String
            var source: String
            var documents: Int
        }
        var packs: [Verdict]
        var proofs: [Proof]
    }

    private func report(_ ending: Program.Ending) throws -> Report {
        try JSONDecoder().decode(Report.self, from: Data(ending.lastLine.utf8))
    }

    @Test("check without arguments finds every shipped pack whole")
    func packs() throws {
        let ending = try Program.run("data", "check", "--json")
        #expect(ending.status == 0, "\(ending.errors)")
        let report = try report(ending)
        let folder = Program.root.appending(path: "Data/Languages")
        let names = try FileManager.default.contentsOfDirectory(atPath: folder.path)
            .filter { $0.hasSuffix(".yaml") }.sorted()
        #expect(report.packs.map(\.file) == names.map { "Data/Languages/\($0)" })
        for pack in report.packs {
            #expect(pack.error == nil)
            #expect((pack.sharedProblems == 0) == pack.file.hasSuffix("english.yaml"))
        }
    }

    @Test("check of a recipe proves that its experts read no target-language mathematics")
    func recipe() throws {
        let ending = try Program.run("data", "check", "Recipes/quickstart.yaml")
        #expect(ending.status == 0, "\(ending.errors)")
        #expect(
            ending.output.split(separator: "\n").map(String.init)
                == ["crossed-questions", "translation", "target-questions", "target-text"].map {
                    "language, \($0): no mathematics in any of 73 patterns, nor in 2000 documents"
                }
        )
        let study = try Program.run("data", "check", "Recipes/tiny-study.yaml", "--json")
        #expect(study.status == 0, "\(study.errors)")
        // The base and the oracle are exempt; what reads no target language has nothing to prove.
        #expect(
            Set(try report(study).proofs.map(\.stage)) == [
                "language", "joint", "math-then-language", "language-outer", "partitioned",
                "language-lora",
            ]
        )
    }

    @Test("check ends with 1 for a damaged pack and names the place, and with 1 for no file")
    func damaged() throws {
        let folder = try Program.temporaryFolder()
        defer { try? FileManager.default.removeItem(at: folder) }
        let original = Program.root.appending(path: "Data/Languages/swahili.yaml")
        let text = try String(contentsOf: original, encoding: .utf8)
        let file = folder.appending(path: "mine.yaml")
        let line = "    mango: {class: ji_ma, singular: embe, plural: maembe}\n"
        #expect(text.contains(line))
        try Data(text.replacing(line, with: "").utf8).write(to: file)
        let ending = try Program.run("data", "check", file.path, "Data/Languages/telugu.yaml")
        #expect(ending.status == 1)
        #expect(ending.errors.contains("mine.yaml: noun 'mango' is missing"), "\(ending.errors)")
        // The others are checked all the same.
        #expect(ending.output.contains("Data/Languages/telugu.yaml: te, every slot filled"))
        let none = try Program.run("data", "check", folder.appending(path: "none.yaml").path)
        #expect(none.status == 1)
        #expect(none.errors.contains("none.yaml: there is no readable file"))
    }

    @Test("show prints the same contents in both languages, of every kind")
    func show() throws {
        struct Example: Decodable {
            var english: String
            var target: String
            var englishReply: String?
            var targetReply: String?
        }
        for kind in ["text", "translation", "question", "problem"] {
            let ending = try Program.run(
                "data",
                "show",
                "--language",
                "te",
                "--kind",
                kind,
                "--count",
                "3",
                "--json"
            )
            #expect(ending.status == 0, "\(ending.errors)")
            let examples = try JSONDecoder().decode(
                [Example].self,
                from: Data(ending.lastLine.utf8)
            )
            #expect(examples.count == 3)
            for example in examples {
                #expect(example.english != example.target)
                #expect((example.englishReply == nil) == (kind == "text"), "\(kind)")
                #expect((example.targetReply == nil) == (kind == "text"), "\(kind)")
            }
        }
    }

    @Test(
        "wrong arguments of show end with 2",
        arguments: [
            (["--language", "xx"], "--language: found \"xx\"; known: "),
            (["--language", "en"], "--language: found \"en\"; known: "),
            (["--language", "sw", "--count", "0"], "--count: found 0"),
            (["--language", "sw", "--kind", "poem"], "poem"),
            ([], "missing expected argument '--language"),
        ]
    )
    func usage(_ arguments: [String], _ message: String) throws {
        let ending = try Program.start(["data", "show"] + arguments).end()
        #expect(ending.status == 2)
        #expect(ending.errors.contains(message), "\(ending.errors)")
        #expect(ending.output == "")
    }
}
