import ArgumentParser
import Recipes

/// `layerswap help`: of a verb, or of a key of a recipe.
struct HelpCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "help",
        abstract: "Show the help of a verb, or explain a key of a recipe.",
        discussion: """
            'layerswap help merge' shows the help of a verb. 'layerswap help recipe' lists all keys \
            of a recipe; 'layerswap help recipe stages.math.steps' or 'layerswap help recipe \
            learning_rate' shows type, range, default and meaning of one.
            """
    )

    /// The topic that explains the keys of a recipe.
    static let recipe = "recipe"

    @Argument(help: "A verb, or 'recipe' and keys of a recipe.")
    var words: [String] = []

    @Flag(name: .long, help: "With 'recipe': print the whole reference as a page of Markdown.")
    var markdown = false

    func validate() throws {
        guard !markdown || words == [Self.recipe] else {
            throw ValidationError("--markdown prints the reference of recipes: help recipe.")
        }
    }

    func run() throws {
        guard words.first != Self.recipe else { return try explain(Array(words.dropFirst())) }
        throw CleanExit.helpRequest(Verbs.command(at: words))
    }

    private func explain(_ keys: [String]) throws {
        let console = Console(quiet: false, json: false)
        if markdown { return console.result(String(KeyReference.page.dropLast())) }
        guard !keys.isEmpty else {
            for line in KeyReference.overview { console.result(line) }
            console.result("")
            return console.result("One of them: layerswap help recipe stages.math.steps")
        }
        let findings = try keys.flatMap { try KeyReference.find($0) }
        for (place, finding) in findings.enumerated() {
            if place > 0 { console.result("") }
            for line in KeyReference.lines(about: finding) { console.result(line) }
        }
    }
}
