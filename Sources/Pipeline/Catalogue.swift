import Checkpointing
import Datasets
import Foundation
import MergeFiles
import MergeMethods
import Recipes
import RunRecords

/// What a folder offers: recipes, runs, merge methods and languages.
package struct Catalogue: Sendable {
    /// One line of a listing.
    package struct Entry: Encodable, Hashable, Sendable {
        /// What to type.
        package var name: String
        /// What it is.
        package var summary: String
        /// More about it, by kind; empty where the summary says all.
        package var details: [Detail] = []
    }

    /// One detail of an entry.
    package struct Detail: Encodable, Hashable, Sendable {
        /// What it is, such as `formula`.
        package var name: String
        /// The text.
        package var text: String
    }

    /// The folder that is looked at.
    package let root: URL

    /// Looks at a folder.
    package init(root: URL) {
        self.root = root
    }

    /// The recipes below `Recipes`, with their purpose or what is wrong with them.
    package func recipes() throws -> [Entry] {
        YAMLFiles.below(root.appending(path: RecipeLookup.folderName)).map { url in
            let path = url.shownPath
            do {
                if MergeRecipe.describes(url) {
                    return Entry(name: path, summary: "a file for 'layerswap merge'")
                }
                let recipe = try LoadedRecipe(at: url).recipe
                return Entry(name: path, summary: recipe.purpose ?? recipe.name)
            } catch {
                return Entry(name: path, summary: "cannot be used: \(ErrorWords.text(of: error))")
            }
        }
    }

    /// The runs in `Checkpoints` here and in the package, with how far they are.
    package static func runs() -> [Entry] {
        RunCatalogue.standard.summaries().map { summary in
            let message = summary.message.map { ": \($0)" } ?? ""
            return Entry(name: summary.folder, summary: summary.state.rawValue + message)
        }
    }

    /// The merge methods that recipes can name.
    package static let methods: [Entry] = MergeMethod.Kind.allCases.map { kind in
        let keys = MergeSettings.keyNames(of: kind).joined(separator: ", ")
        return Entry(
            name: kind.rawValue,
            summary: kind.summary,
            details: [
                Detail(name: "formula", text: kind.formula), Detail(name: "keys", text: keys),
                Detail(name: "reference", text: kind.reference),
            ]
        )
    }

    /// The languages that have a pack in `Data/Languages`.
    ///
    /// - Throws: `LanguagePackError` when a pack cannot be read.
    package func languages() throws -> [Entry] {
        try YAMLFiles.below(PackageRoot.languages(in: root)).map { url in
            let pack = try LanguagePack(at: url)
            return Entry(name: pack.code, summary: "\(pack.name) (\(url.lastPathComponent))")
        }
    }
}
