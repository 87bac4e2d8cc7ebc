import Datasets
import Foundation
import Merging

/// What a working folder offers: recipes, runs, merge methods and languages.
package struct Catalogue: Sendable {
    /// One line of a listing.
    package struct Entry: Encodable, Hashable, Sendable {
        /// What to type.
        package var name: String
        /// What it is.
        package var summary: String
    }

    /// The folder that is looked at.
    package let root: URL

    /// Looks at a folder.
    package init(root: URL) {
        self.root = root
    }

    /// The recipes below `Recipes`, with their purpose or what is wrong with them.
    package func recipes() throws -> [Entry] {
        Self.recipeFiles(below: root.appending(path: "Recipes")).map { url in
            let path = url.path.replacing(root.standardizedFileURL.path + "/", with: "")
            do {
                if MergeRecipe.isOne(at: url) {
                    return Entry(name: path, summary: "a file for 'layerswap merge'")
                }
                let recipe = try LoadedRecipe(at: url).recipe
                return Entry(name: path, summary: recipe.purpose ?? recipe.name)
            } catch {
                return Entry(name: path, summary: "cannot be used: \(error)")
            }
        }
    }

    /// Every YAML file below a folder, in order of its path.
    package static func recipeFiles(below folder: URL) -> [URL] {
        let found = FileManager.default.enumerator(at: folder, includingPropertiesForKeys: nil)
        let files = found?.compactMap { $0 as? URL }.filter { $0.pathExtension == "yaml" } ?? []
        return files.map(\.standardizedFileURL).sorted { $0.path < $1.path }
    }

    /// The runs in `Checkpoints`, with how far they are.
    package func runs() throws -> [Entry] {
        let catalogue = RunCatalogue(folder: root.appending(path: "Checkpoints"))
        return catalogue.summaries().map { summary in
            let message = summary.message.map { ": \($0)" } ?? ""
            return Entry(name: summary.folder, summary: summary.state.rawValue + message)
        }
    }

    /// The merge methods that recipes can name.
    package static let methods: [Entry] = MergeMethod.Kind.allCases.map {
        Entry(name: $0.rawValue, summary: $0.summary)
    }

    /// The languages that have a pack in `Data/Languages`.
    ///
    /// - Throws: `LanguagePackError` when a pack cannot be read.
    package func languages() throws -> [Entry] {
        try Self.recipeFiles(below: PackageRoot.languages(in: root)).map { url in
            let pack = try LanguagePack(at: url)
            return Entry(name: pack.code, summary: "\(pack.name) (\(url.lastPathComponent))")
        }
    }
}
