import ArgumentParser
import Foundation
import Pipeline

/// `layerswap merge`.
struct MergeCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "merge",
        abstract: "Merge a math expert and a language expert into a new model.",
        discussion: """
            Without zones a layer swap takes the published ones, scaled with the depth. Task \
            arithmetic, TIES and DARE add what training changed to the base, so that they need \
            --base. The inputs are only read; tensors that are swapped are proven equal to their \
            source.
            """
    )

    @Option(name: .long, help: "The folder of the math expert.")
    var math: String

    @Option(name: .long, help: "The folder of the language expert.")
    var language: String

    @Option(name: .long, help: "The folder of their common base, where the merge reads it.")
    var base: String?

    @Option(name: [.customLong("to"), .customShort("o")], help: "The folder of the merged model.")
    var destination: String?

    @Option(
        name: .long,
        help: "layer-swap, average, task-arithmetic, ties or dare ('layerswap list methods')."
    )
    var method = "layer-swap"

    @Option(name: .long, help: "Places of the language layers: zones, random or alternating.")
    var pattern: String?

    @Option(
        name: .long,
        help: "language-outside, or math-outside for the experts exchanged in all layers."
    )
    var direction: String?

    @Option(name: .long, help: "Layers of the outer expert at the input.")
    var bottom: Int?

    @Option(name: .long, help: "Layers of the outer expert at the output.")
    var top: Int?

    @Option(name: .long, help: "Layers of both above the bottom.")
    var bottomTransition: Int?

    @Option(name: .long, help: "Layers of both below the top.")
    var topTransition: Int?

    @Option(
        name: .long,
        help: "none, ramp, constant, or the outer expert's share as in 'constant 0.3'."
    )
    var transition: String?

    @Option(name: .long, help: "The language expert's weight in each layer: 1,0.5,0,0,1.")
    var coefficients: String?

    @Option(
        name: .long,
        help: "Tensors of a layer that are swapped: all, attention or mlp; the rest is math."
    )
    var tensors: String?

    @Option(name: .long, help: "Owner of the embeddings: language, math, base, 'blend 0.5'.")
    var embeddings: String?

    @Option(name: .long, help: "Owner of the final norm.")
    var finalNorm: String?

    @Option(name: .long, help: "Owner of the output head; the embeddings' when left out.")
    var head: String?

    @Option(name: .long, help: "Weights of the models, except in a swap: math=1,language=1.")
    var weights: String?

    @Option(name: .long, help: "Share of the changes that TIES (0.2) or DARE (0.5) keeps.")
    var density: Double?

    @Option(name: .long, help: "Factor of what is added to the base; 1 when left out.")
    var lambda: Double?

    @Option(name: .long, help: "Seed of a random pattern or of DARE; 1 when left out.")
    var seed: UInt64?

    @Flag(name: .long, help: "Print the source of every tensor and write nothing.")
    var plan = false

    @Flag(name: .long, help: "Replace the folder of the merged model if it exists.")
    var force = false

    @OptionGroup var output: OutputOptions

    func validate() throws {
        guard plan || destination != nil else {
            throw ValidationError("Missing the folder to write to: add --to FOLDER, or --plan.")
        }
    }

    private var settings: [(key: String, value: String)] {
        let given: [(String, String?)] = [
            ("method", method),
            ("pattern", pattern),
            ("direction", direction),
            ("bottom", bottom.map(String.init)),
            ("top", top.map(String.init)),
            ("bottom_transition", bottomTransition.map(String.init)),
            ("top_transition", topTransition.map(String.init)),
            ("transition", transition),
            ("coefficients", coefficients.map { "[\($0)]" }),
            ("tensors", tensors),
            ("embeddings", embeddings),
            ("final_norm", finalNorm),
            ("head", head),
            ("weights", weights.map { "{" + $0.replacing("=", with: ": ") + "}" }),
            ("density", density.map { "\($0)" }),
            ("lambda", lambda.map { "\($0)" }),
            ("seed", seed.map { "\($0)" }),
        ]
        return given.compactMap { key, value in value.map { (key, $0) } }
    }

    func run() throws {
        let folders =
            [("language", language), ("math", math)] + (base.map { [("base", $0)] } ?? [])
        let tool = try MergeTool(
            settings: settings,
            folders: folders.map { ($0.0, URL(filePath: $0.1)) }
        )
        let console = output.console
        if plan {
            for line in tool.planLines { console.result(line) }
            try console.object(tool.planLines)
            return
        }
        for line in tool.briefLines { console.remark(line) }
        guard let destination else { return }
        let summary = try tool.write(to: URL(filePath: destination), replacing: force)
        console.result(
            "\(summary.output): \(summary.copiedTensors) tensors copied and proven equal to their "
                + "source, \(summary.computedTensors) computed"
        )
        try console.object(summary)
    }
}
