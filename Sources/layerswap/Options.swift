import ArgumentParser
import Foundation
import Recipes

/// Flags on what is printed.
struct OutputOptions: ParsableArguments {
    @Flag(name: .long, help: "Print results and errors only.")
    var quiet = false

    @Flag(name: .long, help: "Print one JSON object as the last line; all else to standard error.")
    var json = false

    var console: Console { Console(quiet: quiet, json: json) }
}

/// A recipe with what the command line writes over it.
struct RecipeOptions: ParsableArguments {
    @Argument(
        help: "The recipe: a YAML file, or its name in Recipes, such as tiny.",
        completion: .file(extensions: ["yaml"])
    )
    var recipe: String

    @OptionGroup var overrides: OverrideOptions

    func load() throws -> LoadedRecipe { try overrides.load(recipe) }
}

/// What the command line writes over a recipe.
struct OverrideOptions: ParsableArguments {
    @Option(
        name: .customLong("set"),
        help: ArgumentHelp(
            "Set one value of the recipe, as in --set stages.base.steps=300. May be repeated.",
            valueName: "path=value"
        )
    )
    var assignments: [String] = []

    @Option(
        name: .long,
        parsing: .unconditional,
        help: "The seed of the run, in place of the recipe's.",
        transform: NumberArgument.whole
    )
    var seed: UInt64?

    func load(_ recipe: String) throws -> LoadedRecipe {
        try LoadedRecipe(at: RecipeLookup.find(recipe), overrides: assignments, seed: seed)
    }
}

/// How many threads compute.
struct ThreadOptions: ParsableArguments {
    @Option(
        name: .long,
        parsing: .unconditional,
        help: "Threads that compute; all cores when left out.",
        transform: NumberArgument.whole
    )
    var threads: Int?

    var count: Int { threads ?? ProcessInfo.processInfo.activeProcessorCount }

    func validate() throws {
        // More only take memory; up to 64 make a larger machine's run again, byte by byte.
        let cores = ProcessInfo.processInfo.activeProcessorCount
        let most = max(64, 2 * cores)
        if let threads, !(1...most).contains(threads) {
            throw ValidationError(
                "--threads: found \(threads), expected a number from 1 to \(most); "
                    + "this machine has \(cores) cores"
            )
        }
    }
}
