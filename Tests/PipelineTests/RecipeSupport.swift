import Foundation
import Recipes

/// Recipes for tests: the shipped ones and changed copies of them.
enum RecipeSupport {
    /// The root of the package.
    static let root = URL(filePath: #filePath)
        .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()

    /// A file in `Recipes`.
    static func url(_ name: String) -> URL {
        root.appending(path: "Recipes").appending(path: name)
    }

    /// The text of the tiny recipe.
    static func tinyText() throws -> String {
        try String(contentsOf: url("tiny.yaml"), encoding: .utf8)
    }

    /// Loads text as a recipe from a file of its own, named `changed.yaml`.
    static func load(_ text: String, overrides: [String] = []) throws -> Recipe {
        let folder = FileManager.default.temporaryDirectory
            .appending(path: "layerswap-recipe-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        let file = folder.appending(path: "changed.yaml")
        try Data(text.utf8).write(to: file)
        return try LoadedRecipe(at: file, overrides: overrides).recipe
    }

    /// The tiny recipe with overrides.
    static func tiny(_ overrides: String...) throws -> Recipe {
        try LoadedRecipe(at: url("tiny.yaml"), overrides: overrides).recipe
    }

    /// What loading throws, as text; empty when it throws nothing.
    static func message(_ body: () throws -> Recipe) -> String {
        do {
            _ = try body()
            return ""
        } catch {
            return "\(error)"
        }
    }

    /// The number of the first line that holds a text.
    static func line(of part: String, in text: String) -> Int {
        let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
        return (lines.firstIndex { $0.contains(part) } ?? -1) + 1
    }
}
