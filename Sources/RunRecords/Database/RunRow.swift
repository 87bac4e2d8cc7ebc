import Foundations

/// What is known of a run when it begins.
package struct RunFacts: Codable, Hashable, Sendable {
    /// The name of the recipe.
    package var recipe: String
    /// SHA-256 of the recipe's text, in hexadecimal digits.
    package var recipeHash: String
    /// The recipe after defaults and overrides, as YAML.
    package var recipeText: String
    /// The version of the program.
    package var version: String
    /// What the command line wrote over the recipe, in order.
    package var overrides: [String]
    /// The marketing name of the processor.
    package var processor: String
    /// Threads that compute.
    package var threads: Int
    /// The compiler that the program was built with.
    package var toolchain: String

    /// Describes a run.
    package init(
        recipe: String,
        recipeHash: String,
        recipeText: String,
        version: String,
        overrides: [String],
        processor: String,
        threads: Int,
        toolchain: String
    ) {
        self.recipe = recipe
        self.recipeHash = recipeHash
        self.recipeText = recipeText
        self.version = version
        self.overrides = overrides
        self.processor = processor
        self.threads = threads
        self.toolchain = toolchain
    }
}

/// One invocation that worked in a run folder.
package struct RunRow: Codable, Hashable, Sendable {
    /// How a run ended.
    package enum Outcome: String, Codable, Sendable {
        /// Everything that was asked for is there.
        case complete
        /// It was asked to stop and can go on.
        case stopped
        /// An error ended it.
        case failed
    }

    /// Its number in the folder, from 1.
    package let id: Int64
    /// What was known when it began.
    package let facts: RunFacts
    /// When it began.
    package let started: Timestamp
    /// When it ended; nil while it works, or when its process was killed.
    package let finished: Timestamp?
    /// How it ended; nil likewise.
    package let outcome: Outcome?
    /// The stage that it stopped in, or the error.
    package let message: String?
}
