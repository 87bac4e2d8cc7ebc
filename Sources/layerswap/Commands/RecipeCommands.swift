import ArgumentParser
import Foundation
import Pipeline

/// `layerswap validate`.
struct ValidateCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "validate",
        abstract: "Check recipes without running them."
    )

    @Argument(help: "The recipes.", completion: .file(extensions: ["yaml"]))
    var recipes: [String]

    @OptionGroup var overrides: OverrideOptions
    @OptionGroup var output: OutputOptions

    private struct Verdict: Encodable {
        var recipe: String
        var name: String?
        var error: String?
    }

    func run() throws {
        var verdicts: [Verdict] = []
        for path in recipes {
            do {
                let loaded = try overrides.load(path)
                verdicts.append(Verdict(recipe: path, name: loaded.recipe.name))
                output.console.remark("\(path): valid")
            } catch let error as RecipeError {
                verdicts.append(Verdict(recipe: path, error: error.description))
                Console.writeError("layerswap: error: \(error)")
            }
        }
        try output.console.object(verdicts)
        if verdicts.contains(where: { $0.error != nil }) { throw ExitCode(1) }
    }
}

/// `layerswap show-recipe`.
struct ShowRecipeCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "show-recipe",
        abstract: "Print a recipe after defaults and overrides."
    )

    @OptionGroup var recipe: RecipeOptions
    @OptionGroup var output: OutputOptions

    func run() throws {
        let loaded = try recipe.load()
        output.console.result(
            try loaded.recipe.yaml().trimmingCharacters(in: .newlines)
        )
        try output.console.object(loaded.recipe)
    }
}

/// `layerswap copy`.
struct CopyCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "copy",
        abstract: "Copy a recipe to begin your own, for another language if you like.",
        discussion: "The copy is named after its file and keeps all comments of the original."
    )

    @Argument(help: "The recipe.", completion: .file(extensions: ["yaml"]))
    var recipe: String

    @Argument(help: "The new file, such as Recipes/paper-telugu.yaml.")
    var copy: String

    @Option(
        name: .long,
        help: "The code of another target language; see 'layerswap list languages'."
    )
    var language: String?

    @OptionGroup var output: OutputOptions

    private struct Result: Encodable {
        var recipe: String
        var name: String
    }

    func run() throws {
        let copied = try RecipeCopy.copy(
            URL(filePath: recipe),
            to: URL(filePath: copy),
            language: language
        )
        output.console.result("\(copied.url.shownPath): run it with")
        output.console.result("    layerswap run \(copied.url.shownPath)")
        try output.console.object(
            Result(recipe: copied.url.shownPath, name: copied.recipe.name)
        )
    }
}

/// `layerswap list`.
struct ListCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "list",
        abstract: "List what there is."
    )

    enum Kind: String, CaseIterable, ExpressibleByArgument {
        case recipes, runs, methods, languages
    }

    @Argument(help: "What to list: recipes, runs, methods or languages.")
    var kind: Kind

    @OptionGroup var output: OutputOptions

    func run() throws {
        let catalogue = Catalogue(root: URL(filePath: FileManager.default.currentDirectoryPath))
        let entries =
            switch kind {
            case .recipes: try catalogue.recipes()
            case .runs: try catalogue.runs()
            case .methods: Catalogue.methods
            case .languages: try catalogue.languages()
            }
        if entries.isEmpty { output.console.remark("There are no \(kind.rawValue) here.") }
        let table = TextTable(rows: entries.map { [$0.name, $0.summary] })
        for (entry, line) in zip(entries, table.lines) {
            output.console.result(line)
            for detail in entry.details {
                output.console.result("    \(detail.name): \(detail.text)")
            }
        }
        try output.console.object(entries)
    }
}
