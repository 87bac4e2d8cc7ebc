import Checkpointing
import Datasets
import Foundation
import Foundations
import RecipeDocuments
import Recipes

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
    ///   - language: The code or English name of another target language, which must have a pack.
    /// - Returns: The copy, read again.
    /// - Throws: `Failure`, `RecipeError`, `UnknownLanguageError`.
    package static func copy(
        _ original: URL,
        to url: URL,
        language: String?
    ) throws -> LoadedRecipe {
        let place = OutputPlace(
            url,
            kind: .file,
            inputs: [.init("the recipe", original)],
            remedy: "choose another file"
        )
        guard !FileManager.default.fileExists(atPath: url.path) else {
            throw Failure.exists(path: url.shownPath)
        }
        try place.check()
        let loaded = try LoadedRecipe(at: original)
        let language = try language.map { try code(of: $0, for: loaded) }
        let name = url.deletingPathExtension().lastPathComponent
        guard RecipeValue.isName(name) else { throw Failure.name(found: name) }
        var lines = try InputFile.text(at: original)
            .split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
        for place in lines.indices where lines[place].hasPrefix("name:") {
            lines[place] = "name: \(name)"
        }
        keepExtended(by: original, in: &lines, of: url)
        let target = language ?? loaded.recipe.languages.target
        let isSwept = loaded.recipe.sweptTargets != nil
        if isSwept, let language {
            narrowSweep(to: language, in: &lines)
        } else if target != loaded.recipe.languages.target {
            try setTarget(target, in: &lines, of: original)
        }
        let text = lines.joined(separator: "\n")
        var document = try RecipeDocument(text: text, file: url.shownPath)
        try document.extend(at: url, chain: [])
        let copy = try Recipe(document.value, root: PackageRoot.find(from: url))
        // Written in another way than the one that is looked for, both would have stayed silently.
        guard copy.name == name else { throw Failure.unnamed(path: original.shownPath) }
        let isRetargeted =
            isSwept
            ? language == nil || copy.sweptTargets == [target] : copy.languages.target == target
        guard isRetargeted else { throw Failure.languages(path: original.shownPath) }
        try place.writeFile(Data(text.utf8))
        return try LoadedRecipe(at: url)
    }

    /// The code of a language by code or name, once its pack was read.
    private static func code(of language: String, for loaded: LoadedRecipe) throws -> String {
        let code = KnownLanguages(in: loaded.root).code(of: language) ?? language
        _ = try loaded.languagePack(code)
        return code
    }

    /// What a recipe extends lies beside it, also when the copy does not.
    private static func keepExtended(by original: URL, in lines: inout [String], of url: URL) {
        let folder = original.standardizedFileURL.deletingLastPathComponent()
        guard folder != url.standardizedFileURL.deletingLastPathComponent() else { return }
        for place in lines.indices where lines[place].hasPrefix("extends:") {
            let name = lines[place].dropFirst("extends:".count)
                .trimmingCharacters(in: .whitespaces)
            lines[place] = "extends: \(folder.appending(path: name).path)"
        }
    }

    private static func setTarget(
        _ language: String,
        in lines: inout [String],
        of original: URL
    ) throws {
        if let place = targetLine(in: lines) {
            lines[place] = lines[place].replacing(
                #/target:\s*[A-Za-z0-9_-]+/#,
                with: "target: \(language)"
            )
        } else if lines.contains(where: { $0.hasPrefix("extends:") }) {
            lines.insert("languages: {target: \(language)}", at: nameLine(in: lines) + 1)
        } else {
            throw Failure.languages(path: original.shownPath)
        }
    }

    /// A recipe that goes through languages goes through one.
    private static func narrowSweep(to language: String, in lines: inout [String]) {
        guard let start = lines.firstIndex(where: { $0.hasPrefix("sweep:") }) else { return }
        let end = lines[(start + 1)...].firstIndex { $0.first.map { $0 != " " } ?? false }
        for place in start..<(end ?? lines.endIndex) {
            lines[place] = lines[place].replacing(
                #/target:\s*\[[^\]]*\]/#,
                with: "target: [\(language)]"
            )
        }
    }

    private static func nameLine(in lines: [String]) -> Int {
        lines.firstIndex { $0.hasPrefix("name:") } ?? 0
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

extension Recipe {
    /// The target languages that a sweep goes through; nil when it does not.
    fileprivate var sweptTargets: [String]? {
        sweep.axes.first { $0.path == "languages.target" }?.values
    }
}
