import Foundation
import Pipeline
import RecipeTestSupport
import Testing

@Suite("Copies of recipes")
struct RecipeCopyTests {
    private static let original = RecipeSupport.url("quickstart.yaml")

    /// Runs a test in a folder of its own, below the package so that its language packs are found.
    private func inFolder(_ body: (URL) throws -> Void) throws {
        let folder = RecipeSupport.root.appending(path: "Checkpoints/test-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        try body(folder)
    }

    @Test("a copy has the name of its file and another language, and all comments")
    func copy() throws {
        try inFolder { folder in
            let file = folder.appending(path: "my-telugu.yaml")
            let copied = try RecipeCopy.copy(Self.original, to: file, language: "te")
            #expect(copied.recipe.name == "my-telugu")
            #expect(copied.recipe.languages.target == "te")
            let before = try String(contentsOf: Self.original, encoding: .utf8)
                .split(separator: "\n")
            let after = try String(contentsOf: file, encoding: .utf8).split(separator: "\n")
            #expect(zip(before, after).count { $0 != $1 } == 2)
            #expect(before.count == after.count)
        }
    }

    @Test("a recipe that goes through languages is copied for one of them")
    func sweptLanguages() throws {
        try inFolder { folder in
            let original = RecipeSupport.url("paper.yaml")
            let copied = try RecipeCopy.copy(
                original,
                to: folder.appending(path: "bengali.yaml"),
                language: "bn"
            )
            let cells = copied.recipe.sweep.cells
            #expect(cells.map(\.label) == (1...5).map { "seed-\($0)-bn" })
            let whole = try RecipeCopy.copy(
                original,
                to: folder.appending(path: "whole.yaml"),
                language: nil
            )
            #expect(whole.recipe.sweep.cells.count == 20)
        }
    }

    @Test("a file that exists, a name that is none and an unknown language leave nothing behind")
    func refusals() throws {
        try inFolder { folder in
            let taken = folder.appending(path: "taken.yaml")
            try Data("mine".utf8).write(to: taken)
            for (name, language, expected) in [
                ("taken.yaml", nil, "exists; choose another file"),
                ("two words.yaml", nil, "cannot be named \"two words\""),
                ("new.yaml", "xx", "no language pack with the code \"xx\""),
            ] {
                #expect {
                    _ = try RecipeCopy.copy(
                        Self.original,
                        to: folder.appending(path: name),
                        language: language
                    )
                } throws: {
                    "\($0)".contains(expected)
                }
            }
            #expect(try String(contentsOf: taken, encoding: .utf8) == "mine")
            #expect(
                try FileManager.default.contentsOfDirectory(atPath: folder.path) == ["taken.yaml"]
            )
        }
    }

    @Test(
        "a recipe that writes name or language in a way that cannot be changed is refused",
        arguments: [
            ("target: sw}", "target: \"sw\"}", "writes no target language"),
            ("languages: {english: en, target: sw}\n", "", "writes no target language"),
            ("name: quickstart\n", "\"name\": quickstart\n", "no plain line \"name: …\""),
        ]
    )
    func forms(_ written: String, _ other: String, _ expected: String) throws {
        try inFolder { folder in
            let text = try String(contentsOf: Self.original, encoding: .utf8)
            #expect(text.contains(written))
            let file = folder.appending(path: "original.yaml")
            try Data(text.replacing(written, with: other).utf8).write(to: file)
            let copy = folder.appending(path: "copy.yaml")
            #expect {
                _ = try RecipeCopy.copy(file, to: copy, language: "te")
            } throws: {
                "\($0)".contains(expected)
            }
            #expect(!FileManager.default.fileExists(atPath: copy.path))
        }
    }
}
