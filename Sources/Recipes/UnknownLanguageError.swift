import Foundations

/// A recipe names a language that no pack has.
package struct UnknownLanguageError: Error, CustomStringConvertible {
    /// The code that the recipe names.
    package let code: String
    /// The folder of the packs.
    package let folder: String
    /// The codes of the packs that are there.
    package let known: [String]

    package var description: String {
        let nearest = NearestName.suggestion(for: code, among: known)
        return "there is no language pack with the code \"\(code)\" in \(folder)\(nearest); "
            + "known: \(known.joined(separator: ", "))"
    }
}
