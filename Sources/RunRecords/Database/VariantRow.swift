import Evaluation
import Foundations

/// A named merge with its scores on development problems.
package struct VariantRow: Encodable, Hashable, Sendable {
    /// The experiment of a sweep whose models it merges; empty without a sweep.
    package let cell: String
    /// The name.
    package let name: String
    /// The setting, as an entry of `merges` in a recipe.
    package let setting: JSONValue
    /// What it solved of development problems, by metric.
    package let scores: [String: Estimate]
    /// When it got its name.
    package let created: Timestamp

    /// Describes a variant.
    package init(
        cell: String,
        name: String,
        setting: JSONValue,
        scores: [String: Estimate],
        created: Timestamp = Timestamp()
    ) {
        self.cell = cell
        self.name = name
        self.setting = setting
        self.scores = scores
        self.created = created
    }

    /// What is wrong with a name; nil when it can be one.
    ///
    /// A name can stand for a merge in a recipe, and be the name of a folder.
    package static func problem(ofName name: String) -> String? {
        let letters = name.unicodeScalars
        guard (1...longestName).contains(letters.count) else {
            return "expected 1 to \(longestName) letters"
        }
        guard let first = letters.first, isLetterOrDigit(first),
            letters.allSatisfy({ isLetterOrDigit($0) || "-_".unicodeScalars.contains($0) })
        else { return "expected letters, digits, - and _, the first a letter or a digit" }
        return nil
    }

    private static let longestName = 40

    private static func isLetterOrDigit(_ letter: Unicode.Scalar) -> Bool {
        switch letter {
        case "a"..."z", "A"..."Z", "0"..."9": true
        default: false
        }
    }
}
