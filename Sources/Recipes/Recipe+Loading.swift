import Datasets
import Foundation
import Foundations
import RecipeDocuments
import Yams

/// A recipe together with the place it came from.
package struct LoadedRecipe: Sendable {
    /// The recipe after defaults and overrides.
    package internal(set) var recipe: Recipe
    /// The file.
    package let url: URL
    /// What `--set` and `--seed` wrote over it.
    package let overrides: [String]
    /// Where relative paths of the recipe begin: see `PackageRoot`.
    package let root: URL

    /// Reads, overrides and decodes a recipe.
    ///
    /// A relative folder given with `--set` begins at the working folder, one that the recipe
    /// writes begins at `root`.
    ///
    /// - Throws: `RecipeError`.
    package init(at url: URL, overrides: [String] = [], seed: UInt64? = nil) throws {
        var document = try RecipeDocument(at: url)
        var all = overrides.map(Self.withAbsoluteFolder)
        if let seed { all.append("seed=\(seed)") }
        for assignment in all { try document.override(assignment) }
        if document.kind != .run {
            throw RecipeError(
                place: url.shownPath,
                problem: "this file describes a merge of checkpoints and no run; do it with "
                    + "'layerswap merge \(url.shownPath)'"
            )
        }
        root = PackageRoot.find(from: url)
        recipe = try Recipe(document.value, root: root)
        self.url = url
        self.overrides = overrides + (seed.map { ["seed=\($0)"] } ?? [])
    }

    /// The recipe as one experiment of its sweep, in a folder of its own below the run's.
    ///
    /// - Throws: `RecipeError` when the combination is no recipe, or the command line sets what the
    ///   sweep sets too.
    package func cell(_ cell: SweepSettings.Cell) throws -> LoadedRecipe {
        for path in cell.values.keys.sorted() {
            guard let written = overrides.first(where: { $0.hasPrefix("\(path)=") }) else {
                continue
            }
            throw RecipeError(
                place: "--set \(written)",
                problem: "the recipe sweeps over \(path); " + recipe.sweep.advice(on: path)
            )
        }
        let folder = output.appending(path: cell.label).path(percentEncoded: false)
        let assignments = cell.values.sorted { $0.key < $1.key }.map { "\($0.key)=\($0.value)" }
        // The folder of the whole would stand in the list of settings beside that of the experiment.
        let others = overrides.filter { !$0.hasPrefix("output=") }
        return try LoadedRecipe(
            at: url,
            overrides: others + assignments + ["sweep=~", "output=\(folder)"]
        )
    }

    /// The same recipe with its run in another folder.
    ///
    /// - Throws: `RecipeError`.
    package func placed(in folder: URL) throws -> LoadedRecipe {
        try LoadedRecipe(
            at: url,
            overrides: overrides + ["output=\(folder.path(percentEncoded: false))"]
        )
    }

    private static func withAbsoluteFolder(_ assignment: String) -> String {
        let key = assignment.prefix { $0 != "=" }
        if key.count < assignment.count, isFolder(key) {
            let path = assignment.dropFirst(key.count + 1)
            guard !path.isEmpty, path.first != "\"", path.first != "'" else { return assignment }
            let absolute = URL(filePath: String(path)).standardizedFileURL.path
            return
                "\(key)=\"\(absolute.replacing("\\", with: "\\\\").replacing("\"", with: "\\\""))\""
        }
        return assignment
    }

    /// Whether the value of a key is a folder.
    private static func isFolder(_ key: Substring) -> Bool {
        ["data.folder", "output"].contains(key)
            || (key.hasPrefix("stages.") && key.hasSuffix(".checkpoint"))
    }

    /// The folder of the run.
    package var output: URL { resolve(recipe.output) }

    /// The folder of the data, when the recipe has one.
    package var dataFolder: URL? { recipe.data.folder.map(resolve) }

    /// The folder of a model that stands in place of training a stage; nil for a stage that is
    /// trained.
    package func checkpoint(of stage: String) -> URL? {
        recipe.stages[stage]?.checkpoint.map { CheckpointPath.url(of: $0, root: root) }
    }

    /// The pack of a language, found by the code inside the files of `Data/Languages`.
    ///
    /// - Throws: `UnknownLanguageError` when there is none, `LanguagePackError` when one cannot be
    ///   read.
    package func languagePack(_ code: String) throws -> LanguagePack {
        // A pack is long; only the one that is wanted is read as a whole.
        let languages = KnownLanguages(in: root)
        guard let file = languages.file(of: code) else {
            throw UnknownLanguageError(code: code, languages: languages, recipe: url)
        }
        return try LanguagePack(at: file)
    }

    /// Checks every experiment of the sweep, and that their languages have packs.
    ///
    /// Where no packs are found at all, they may lie on another machine, as data may.
    ///
    /// - Throws: `RecipeError` when a combination is no recipe, `UnknownLanguageError`.
    package func checkExperiments() throws {
        let languages = KnownLanguages(in: root)
        for recipe in try experiments().map(\.recipe) where !languages.entries.isEmpty {
            let own = [recipe.languages.english, recipe.languages.target]
            for code in own + recipe.otherTargets where languages.file(of: code) == nil {
                throw UnknownLanguageError(code: code, languages: languages, recipe: url)
            }
        }
    }

    /// Refuses what an experiment reads and is not there: files of data, and models that stand in
    /// place of stages.
    ///
    /// - Throws: `RecipeError` for the first that is missing.
    package func checkFiles() throws {
        func require(_ url: URL, _ problem: String) throws {
            guard !FileManager.default.fileExists(atPath: url.plainPath) else { return }
            throw RecipeError(place: self.url.shownPath, problem: problem)
        }
        for experiment in try experiments() {
            let files = experiment.recipe.readFiles
            if let folder = experiment.dataFolder, !files.isEmpty {
                try require(
                    folder,
                    "data.folder is \(folder.shownPath), and there is no such folder, so that none of "
                        + "its files was checked; set it with --set data.folder=FOLDER"
                )
                for file in files {
                    try require(
                        folder.appending(path: file),
                        "the recipe reads \"\(file)\", and there is no such file in "
                            + "\(folder.shownPath); put it there, or name another with --set"
                    )
                }
            }
            for stage in experiment.recipe.stages.names {
                guard let folder = experiment.checkpoint(of: stage) else { continue }
                try require(
                    folder,
                    "stages.\(stage).checkpoint is \(folder.shownPath), and there is no such folder; "
                        + CheckpointPath.advice(stage: stage)
                )
            }
        }
    }

    /// The experiments of the sweep; the recipe itself without one.
    ///
    /// - Throws: `RecipeError` when a combination is no recipe.
    private func experiments() throws -> [LoadedRecipe] {
        recipe.sweep.axes.isEmpty ? [self] : try recipe.sweep.cells.map(cell)
    }

    private func resolve(_ path: String) -> URL {
        URL(filePath: path, relativeTo: URL(filePath: root.path + "/")).standardizedFileURL
    }
}

extension Recipe {
    /// The recipe as YAML that loads again to the same recipe.
    package func yaml() throws -> String { try RecipeText.yaml(of: self) }
}

/// Writes settings as YAML: for people, and as the text that a stage's identity is made of.
package enum RecipeText {
    package static func yaml(of value: some Encodable) throws -> String {
        let encoder = YAMLEncoder()
        encoder.options.allowUnicode = true
        guard let node = try compose(yaml: encoder.encode(value)) else { return "" }
        return try serialize(node: readable(node, isSource: false), width: -1, allowUnicode: true)
    }

    /// Writes numbers in their shortest usual form, and a source of a mixture on one line.
    private static func readable(_ node: Node, isSource: Bool) -> Node {
        switch node {
        case .mapping(let mapping):
            let pairs = mapping.map { key, value in
                let isMixture = ["mixture", "corpus"].contains(key.scalar?.string)
                if isMixture, case .mapping(let sources) = value {
                    let lines = sources.map { ($0.key, readable($0.value, isSource: true)) }
                    return (key, Node(lines))
                }
                return (key, readable(value, isSource: false))
            }
            return Node(pairs, .implicit, isSource ? .flow : .block)
        case .sequence(let sequence):
            let elements = sequence.map { readable($0, isSource: false) }
            return Node(elements, .implicit, .flow)
        case .scalar(let scalar):
            guard scalar.style == .plain, node.tag == Tag(.float), let number = node.float else {
                return node
            }
            let text = String(number)
            return Node(text.hasSuffix(".0") ? String(text.dropLast(2)) : text)
        case .alias:
            return node
        }
    }
}
