import ArgumentParser
import Foundation
import Kernels
import Ranks
import Recipes

extension ArgumentHelp {
    /// What is said of an argument that names a run.
    static var finishedRun: ArgumentHelp {
        ArgumentHelp(
            "A finished run: its folder, its name below Checkpoints, or its recipe.",
            valueName: "run"
        )
    }
}

/// Flags on what is printed.
struct OutputOptions: ParsableArguments {
    @Flag(name: .long, help: "Print only results and errors.")
    var quiet = false

    @Flag(
        name: .long,
        help: "Print one JSON value on standard output; everything else goes to standard error."
    )
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
            "Override a value of the recipe, as in --set stages.base.steps=300. May be repeated.",
            valueName: "path=value"
        )
    )
    var assignments: [String] = []

    @Option(
        name: .long,
        parsing: .unconditional,
        help: "The seed of all randomness. (default: that of the recipe)",
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
        help: "Number of threads that compute. (default: all cores)",
        transform: NumberArgument.whole
    )
    var threads: Int?

    var count: Int { threads ?? Self.standard }

    /// The cores that this process may use; where a launcher lets all ranks of a machine use all of
    /// its cores, an equal part of them.
    private static var standard: Int {
        let cores = Processor.current.coreCount
        let ranks = OpenMPI.ranksOfThisMachine ?? 1
        guard cores == ProcessInfo.processInfo.activeProcessorCount else { return cores }
        return max(1, cores / ranks)
    }

    func validate() throws {
        // More only take memory; up to 64 make a larger machine's run again, byte by byte.
        let cores = Processor.current.coreCount
        let most = max(64, 2 * cores)
        if let threads, !(1...most).contains(threads) {
            throw ValidationError(
                "--threads: found \(threads), expected a number from 1 to \(most); "
                    + "this machine has \(cores) cores"
            )
        }
    }
}
