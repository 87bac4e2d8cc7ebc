import ArgumentParser
import Datasets
import Foundation
import Foundations
import Pipeline
import Recipes
import RunRecords

/// `layerswap validate`.
struct ValidateCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "validate",
        abstract: "Check recipes without running them.",
        discussion: """
            Where a recipe reads files, they are read and split too, and their rows are counted.
            """
    )

    @Argument(help: "The recipes.", completion: .file(extensions: ["yaml"]))
    var recipes: [String]

    @OptionGroup var overrides: OverrideOptions
    @OptionGroup var output: OutputOptions

    private struct Verdict: Encodable {
        var recipe: String
        var name: String?
        var error: String?
        var data: [SourceMeasure]?
    }

    func run() throws {
        var verdicts: [Verdict] = []
        for path in recipes {
            do {
                let loaded = try overrides.load(path)
                let data = try measures(of: loaded, at: path)
                verdicts.append(Verdict(recipe: path, name: loaded.recipe.name, data: data))
                output.console.remark("\(path): valid")
                for measure in data ?? [] {
                    output.console.remark(
                        "  \(measure.name), \(measure.split.partName): \(measure.summary)"
                    )
                }
                let threads = ProcessInfo.processInfo.activeProcessorCount
                if let problem = loaded.recipe.memoryProblem(threads: threads) {
                    Console.writeError("Warning: \(path): \(problem).")
                }
            } catch let error as RecipeError {
                refuse(path, error, &verdicts)
            } catch let error as DataMeter.Failure {
                refuse(path, error, &verdicts)
            } catch let error as DataFileError {
                refuse(path, error, &verdicts)
            } catch let error as DatasetError {
                refuse(path, error, &verdicts)
            }
        }
        try output.console.object(verdicts)
        if verdicts.contains(where: { $0.error != nil }) { throw ExitCode(1) }
    }

    private func refuse(
        _ path: String,
        _ error: any Error & CustomStringConvertible,
        _ verdicts: inout [Verdict]
    ) {
        verdicts.append(Verdict(recipe: path, error: error.description))
        Console.writeError("layerswap: error: \(error)")
    }

    /// The counts of the files that a recipe reads; nil when it reads none, or they are not here.
    private func measures(of loaded: LoadedRecipe, at path: String) throws -> [SourceMeasure]? {
        guard loaded.recipe.readsFiles else { return nil }
        do {
            let experiment = try Experiment(loaded)
            let meter = DataMeter(experiment, tokenizer: nil, filesOnly: true)
            return try loaded.recipe.stages.names.flatMap { try meter.measures(ofStage: $0) }
                + meter.measuresOfEvaluation()
        } catch let error where error is ExperimentError || error is UnknownLanguageError {
            // The recipe is right all the same; its data may be on another machine.
            output.console.remark("\(path): its data was not looked at: \(error)")
            return nil
        }
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
            case .methods: MethodListing.all.map(Self.entry)
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

    private static func entry(of method: MethodListing) -> Catalogue.Entry {
        Catalogue.Entry(
            name: method.name,
            summary: method.summary,
            details: [
                .init(name: "formula", text: method.formula),
                .init(name: "keys", text: method.keys.joined(separator: ", ")),
                .init(name: "reference", text: method.reference),
            ]
        )
    }
}
