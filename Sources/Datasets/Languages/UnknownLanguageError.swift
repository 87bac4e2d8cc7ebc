import Foundation
import Foundations

/// A language that no pack has.
package struct UnknownLanguageError: Error, CustomStringConvertible {
    /// What was written: a code, or a name on the command line.
    package let code: String
    /// The packs that were found.
    package let languages: KnownLanguages
    /// The recipe that names the language; nil when none does.
    package let recipe: URL?

    /// Names a language among those that were found.
    package init(code: String, languages: KnownLanguages, recipe: URL? = nil) {
        self.code = code
        self.languages = languages
        self.recipe = recipe
    }

    package var description: String {
        let missing = "there is no language pack with the code \"\(code)\""
        guard languages.entries.isEmpty else {
            return "\(missing) in \(languages.folder.shownPath)\(languages.suggestion(for: code)); "
                + "known: \(languages.entries.map(\.title).joined(separator: ", "))"
        }
        let above = recipe.map {
            "above \($0.standardizedFileURL.path(percentEncoded: false)) or "
        }
        let example = PackageRoot.ofProgram.map { ", such as \($0.path(percentEncoded: false))" }
        return "\(missing): looked for a folder Data/Languages \(above ?? "")in the working folder "
            + "\(FileManager.default.currentDirectoryPath); keep the recipe below a folder that has "
            + "one, or start the program in one\(example ?? "")"
    }
}
