import Checkpointing
import Datasets
import Foundation
import Foundations
import MergeFiles
import Recipes
import RunRecords

/// What a working folder offers: recipes, runs and languages.
package struct Catalogue: Sendable {
    /// One line of a listing.
    package struct Entry: Encodable, Hashable, Sendable {
        /// What to type.
        package var name: String
        /// What it is.
        package var summary: String
        /// More about it, by topic; empty where the summary says all.
        package var details: [Detail] = []

        /// Describes one line.
        package init(name: String, summary: String, details: [Detail] = []) {
            self.name = name
            self.summary = summary
            self.details = details
        }
    }

    /// More about an entry, on one topic.
    package struct Detail: Encodable, Hashable, Sendable {
        /// The topic, such as `formula`.
        package var name: String
        /// The text.
        package var text: String

        /// Describes one topic.
        package init(name: String, text: String) {
            self.name = name
            self.text = text
        }
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
                return Entry(name: path, summary: "cannot be used: \(ErrorText.text(of: error))")
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
