import ArgumentParser
import Datasets
import Foundation
import Foundations
import Kernels
import Pipeline
import RecipeDocuments
import Recipes
import RunRecords
import Transformer

/// `layerswap validate`.
struct ValidateCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "validate",
        abstract: "Check recipes without running them.",
        discussion: """
            The files that a recipe reads are read and split too, and their rows are counted. A \
            recipe whose files or models are not there is refused: check it where it will run.
            """
    )

    @Argument(
        help: "The recipes: YAML files, or their names in Recipes, such as tiny.",
        completion: .file(extensions: ["yaml"])
    )
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
                try loaded.checkExperiments()
                try loaded.checkFiles()
                let data = try measures(of: loaded, at: path)
                let models = try checkpoints(of: loaded)
                verdicts.append(Verdict(recipe: path, name: loaded.recipe.name, data: data))
                let found = path == loaded.url.relativePath ? path : loaded.url.shownPath
                output.console.remark("\(found): valid")
                for measure in data ?? [] {
                    output.console.remark(
                        "  \(measure.name), \(measure.split.partName): \(measure.summary)"
                    )
                }
                for line in models { output.console.remark(line) }
                let threads = Processor.current.coreCount
                if let problem = loaded.recipe.memoryProblem(threads: threads) {
                    Console.warn("\(path): \(problem)")
                }
            } catch let error as RecipeError {
                refuse(path, error, &verdicts)
            } catch let error as DataMeter.Failure {
                refuse(path, error, &verdicts)
            } catch let error as DataFileError {
                refuse(path, error, &verdicts)
            } catch let error as DatasetError {
                refuse(path, error, &verdicts)
            } catch let error as ExperimentError {
                refuse(path, error, &verdicts)
            } catch let error as UnknownLanguageError {
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

    /// The models that exist and that the recipe takes, one line each.
    private func checkpoints(of loaded: LoadedRecipe) throws -> [String] {
        guard loaded.recipe.stages.entries.contains(where: \.value.isCheckpoint) else { return [] }
        return try Experiment(loaded).checkpoints().sorted { $0.key < $1.key }
            .map { name, checkpoint in
                let folder = URL(filePath: checkpoint.folder)
                let layout = ParameterLayout(try ModelConfiguration(in: folder))
                return "  \(name): \(folder.shownPath), "
                    + "\(NumberText.grouped(layout.elementCount)) parameters, "
                    + "SHA-256 \(checkpoint.hash.hexadecimal.prefix(12))"
            }
    }

    /// The counts of the files that a recipe reads; nil when it reads none, or the packs of
    /// languages are not here.
    private func measures(of loaded: LoadedRecipe, at path: String) throws -> [SourceMeasure]? {
        guard loaded.recipe.readsFiles else { return nil }
        do {
            let experiment = try Experiment(loaded)
            let meter = DataMeter(experiment, tokenizer: nil, filesOnly: true)
            return try loaded.recipe.stages.names.flatMap { try meter.measures(ofStage: $0) }
                + meter.measuresOfEvaluation()
        } catch let error as UnknownLanguageError {
            // No packs are here at all, and the recipe may be right where they are.
            output.console.remark("\(path): its data was not checked: \(error)")
            return nil
        }
    }
}

/// `layerswap show-recipe`.
struct ShowRecipeCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "show-recipe",
        abstract: "Print a recipe with its defaults and overrides filled in."
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
        abstract: "Copy a recipe to start your own, for another language if you like.",
        discussion: "The copy is named after its file and keeps all comments of the original."
    )

    @Argument(
        help: "The recipe: a YAML file, or its name in Recipes, such as tiny.",
        completion: .file(extensions: ["yaml"])
    )
    var recipe: String

    @Argument(help: "The file to write, such as Recipes/paper-telugu.yaml.")
    var copy: String

    @Option(
        name: .long,
        help: "Another target language, by code or English name; see 'layerswap list languages'."
    )
    var language: String?

    @OptionGroup var output: OutputOptions

    private struct Result: Encodable {
        var recipe: String
        var name: String
    }

    func run() throws {
        let copied = try RecipeCopy.copy(
            RecipeLookup.find(recipe),
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
        abstract: "List recipes, runs, merge methods or languages."
    )

    enum Kind: String, CaseIterable, ExpressibleByArgument {
        case recipes, runs, methods, languages
    }

    @Argument(help: "What to list: recipes, runs, methods or languages.")
    var kind: Kind

    @OptionGroup var output: OutputOptions

    func run() throws {
        let root =
            PackageRoot.places.first {
                !YAMLFiles.below($0.appending(path: RecipeLookup.folderName)).isEmpty
            } ?? PackageRoot.withLanguages
        let entries =
            switch kind {
            case .recipes: try Catalogue(root: root).recipes()
            case .runs: Catalogue.runs()
            case .methods: MethodListing.all.map(Self.entry)
            case .languages: try Catalogue(root: PackageRoot.withLanguages).languages()
            }
        if entries.isEmpty {
            output.console.remark("There are no \(kind.rawValue) here or in the package.")
        }
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
