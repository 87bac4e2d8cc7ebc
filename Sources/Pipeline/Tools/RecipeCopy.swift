import Checkpointing
import Foundation

/// Makes a recipe of one's own out of another, comments and all.
package struct RecipeCopy: Sendable {
    /// Why no copy is made.
    package enum Failure: Error, CustomStringConvertible {
        /// The copy would overwrite a file.
        case exists(path: String)
        /// The new name is none that a run can have.
        case name(found: String)
        /// The recipe does not write its name in a form that can be changed.
        case unnamed(path: String)
        /// The recipe does not write its languages in a form that can be changed.
        case languages(path: String)

        package var description: String {
            switch self {
            case .exists(let path): "\(path) exists; choose another file, or remove it first"
            case .name(let found):
                "a run cannot be named \"\(found)\" after its file; use letters, digits, - and _"
            case .unnamed(let path):
                "\(path) has no plain line \"name: …\" that could be changed; copy the file and "
                    + "write the name yourself"
            case .languages(let path):
                "\(path) writes no target language that could be changed; copy it without "
                    + "--language and write languages.target yourself"
            }
        }
    }

    /// Copies a recipe under a new name, which is that of the file without its ending.
    ///
    /// - Parameters:
    ///   - original: The recipe.
    ///   - url: The new file.
    ///   - language: The code of another target language, which must have a pack.
    /// - Returns: The copy, read again.
    /// - Throws: `Failure`, `RecipeError`, `ExperimentError.unknownLanguage`.
    package static func copy(
        _ original: URL,
        to url: URL,
        language: String?
    ) throws -> LoadedRecipe {
        let loaded = try LoadedRecipe(at: original)
        if let language { _ = try loaded.languagePack(language) }
        guard !FileManager.default.fileExists(atPath: url.path) else {
            throw Failure.exists(path: url.shownPath)
        }
        let name = url.deletingPathExtension().lastPathComponent
        guard RecipeValue.isName(name) else { throw Failure.name(found: name) }
        var lines = try String(contentsOf: original, encoding: .utf8)
            .split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
        for place in lines.indices where lines[place].hasPrefix("name:") {
            lines[place] = "name: \(name)"
        }
        if let language, loaded.recipe.languages.target != language {
            guard let place = targetLine(in: lines) else {
                throw Failure.languages(path: original.shownPath)
            }
            lines[place] = lines[place].replacing(
                #/target:\s*[A-Za-z0-9_-]+/#,
                with: "target: \(language)"
            )
        }
        let text = lines.joined(separator: "\n")
        let copy = try Recipe(RecipeDocument(text: text, file: url.shownPath).value)
        guard copy.name == name else { throw Failure.unnamed(path: original.shownPath) }
        guard copy.languages.target == language ?? loaded.recipe.languages.target else {
            throw Failure.languages(path: original.shownPath)
        }
        try AtomicFile.write(Data(text.utf8), to: url)
        return try LoadedRecipe(at: url)
    }

    /// The line below or beside `languages:` that names the target.
    private static func targetLine(in lines: [String]) -> Int? {
        guard let start = lines.firstIndex(where: { $0.hasPrefix("languages:") }) else {
            return nil
        }
        if lines[start].contains("target:") { return start }
        let end = lines[(start + 1)...].firstIndex { $0.first.map { $0 != " " } ?? false }
        return lines[start..<(end ?? lines.endIndex)].firstIndex { $0.contains("target:") }
    }
}
