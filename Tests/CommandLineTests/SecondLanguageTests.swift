import Foundation
import Testing

@Suite("A second target language, and merges of merges")
struct SecondLanguageTests {
    /// The tiny recipe with a Telugu expert beside the Swahili one, and a swap around the
    /// mathematics whose outer layers are the average of both.
    private static let recipe = """
        extends: RECIPES/tiny.yaml
        name: second-language
        tokenizer: {vocabulary: 560}
        stages:
          base:
            steps: 3
            mixture:
              telugu-text: {source: text, language: target, target: te}
          math: {steps: 2}
          language: {steps: 2}
          telugu:
            steps: 2
            mixture:
              translation: {source: translation, target: te}
              questions: {source: questions, language: english, reply: target, target: te}
              text: {source: text, language: target, target: te}
        merges:
          languages: {method: average, weights: {language: 1, telugu: 1}}
          wide-swap: {method: layer-swap, language: languages, write: false}
        evaluation:
          bystanders: {te: {problems: 6}}
        """

    /// A place with the recipe in it.
    private func place(_ change: (String) -> String = { $0 }) throws -> (folder: URL, file: URL) {
        let folder = try Program.temporaryFolder()
        let file = folder.appending(path: "second-language.yaml")
        let recipes = Program.root.appending(path: "Recipes").path
        try change(Self.recipe.replacing("RECIPES", with: recipes))
            .write(to: file, atomically: true, encoding: .utf8)
        return (folder, file)
    }

    @Test("both experts go into one merge, and problems of the second language are asked")
    func run() throws {
        let (folder, file) = try place()
        defer { try? FileManager.default.removeItem(at: folder) }
        let ending = try Program.run(
            "run",
            file.path,
            "--set",
            "output=\(folder.path)/run",
            "--json"
        )
        try #require(ending.status == 0, "\(ending.errors)")
        let results = try ResultsObject(Data(ending.lastLine.utf8))
        #expect(
            results.rows.map(\.model) == [
                "base", "math", "language", "telugu", "soup", "swap", "languages", "wide-swap",
            ]
        )
        #expect(results.rows.allSatisfy { $0.metrics["te_math"]?.n == 6 })
        // The problems that were asked are in Telugu, and what the expert read is no Swahili.
        let asked = try String(
            contentsOf: folder.appending(path: "run/evaluation-telugu/te_math.jsonl"),
            encoding: .utf8
        )
        #expect(asked.unicodeScalars.contains { (0x0C00...0x0C7F).contains($0.value) })
        let telugu = ending.errors.components(separatedBy: "\ntelugu\n").last ?? ""
        #expect(telugu.hasPrefix("  translation: no target-language mathematics in 2000 documents"))
        // The wide swap is another model than the swap around the Swahili expert alone.
        let bits = results.rows.compactMap { $0.metrics["target_bits_per_byte"]?.value }
        try #require(bits.count == 8)
        #expect(bits[7] != bits[5])
    }

    @Test(
        "what cannot be is refused by name",
        arguments: [
            ("target: te}\n      questions", "target: en}\n      questions", "is the English of"),
            ("target: te}\n      questions", "target: xx}\n      questions", "xx"),
            ("{source: translation,", "{source: arithmetic,", "does not apply here"),
            ("language: languages,", "language: elsewhere,", "unknown model \"elsewhere\""),
            ("{language: 1, telugu: 1}", "{language: 1, telugu: 1}, write: false", "to disk"),
            (
                "method: layer-swap, language: languages",
                "method: fisher, weights: {languages: 1, math: 1}", "is a merge"
            ),
        ]
    )
    func refused(before: String, after: String, words: String) throws {
        let (folder, file) = try place { $0.replacing(before, with: after) }
        defer { try? FileManager.default.removeItem(at: folder) }
        let ending = try Program.run("validate", file.path)
        #expect(ending.status != 0)
        #expect(ending.errors.contains(words), "\(ending.errors)")
    }
}
