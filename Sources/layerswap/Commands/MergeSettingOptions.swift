import ArgumentParser

/// The settings of a merge as flags; each is the key of a recipe.
struct MergeSettingOptions: ParsableArguments {
    @Option(name: .long, help: "The method; 'layerswap list methods' tells them.")
    var method: String?

    @Option(
        name: .long,
        help:
            "Places of the language layers: zones, random, alternating, or changes (see 'list methods')."
    )
    var pattern: String?

    @Option(
        name: .long,
        parsing: .unconditional,
        help: "Pattern changes: the difference that decides; 0.1 when left out.",
        transform: NumberArgument.decimal
    )
    var threshold: Double?

    @Option(name: .long, help: "Pattern changes: whether a layer or a module of it is decided.")
    var granularity: String?

    @Option(
        name: .long,
        help: "language-outside, or math-outside for the experts exchanged in all layers."
    )
    var direction: String?

    @Option(
        name: .long,
        parsing: .unconditional,
        help: "Layers of the outer expert at the input.",
        transform: NumberArgument.whole
    )
    var bottom: Int?

    @Option(
        name: .long,
        parsing: .unconditional,
        help: "Layers of the outer expert at the output.",
        transform: NumberArgument.whole
    )
    var top: Int?

    @Option(
        name: .long,
        parsing: .unconditional,
        help: "Layers of both above the bottom.",
        transform: NumberArgument.whole
    )
    var bottomTransition: Int?

    @Option(
        name: .long,
        parsing: .unconditional,
        help: "Layers of both below the top.",
        transform: NumberArgument.whole
    )
    var topTransition: Int?

    @Option(
        name: .long,
        help: "none, ramp, constant, or the outer expert's share as in 'constant 0.3'."
    )
    var transition: String?

    @Option(name: .long, help: "The language expert's weight in each layer: 1,0.5,0,0,1.")
    var coefficients: String?

    @Option(name: .long, help: "How layers of both are made: linear, or slerp along the arc.")
    var interpolation: String?

    @Option(name: .long, help: "Factors of the changes by zone: middle=1.1,transition=0.9.")
    var scale: String?

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

    @Option(
        name: .long,
        parsing: .unconditional,
        help: "Share of the changes that is kept, in methods that drop some.",
        transform: NumberArgument.decimal
    )
    var density: Double?

    @Option(
        name: .long,
        parsing: .unconditional,
        help: "How far DELLA's probabilities lie from the density; what counts as zero in ram.",
        transform: NumberArgument.decimal
    )
    var epsilon: Double?

    @Option(
        name: .long,
        parsing: .unconditional,
        help: "Share of the largest changes that breadcrumbs drop.",
        transform: NumberArgument.decimal
    )
    var gamma: Double?

    @Option(
        name: .long,
        parsing: .unconditional,
        help: "Factor of what is added to the base; 1 when left out.",
        transform: NumberArgument.decimal
    )
    var lambda: Double?

    @Option(name: .long, help: "Whether sums of changes are divided by their weights: true, false.")
    var normalize: Bool?

    @Option(
        name: .long,
        parsing: .unconditional,
        help: "Seed of a method that uses chance; 1 when left out.",
        transform: NumberArgument.whole
    )
    var seed: UInt64?

    @Option(
        name: .long,
        help: "The model of methods that have one, as revert and nearswap; language when left out."
    )
    var model: String?

    @Option(name: .long, help: "Models of methods without weights; both experts when left out.")
    var models: String?

    @Option(name: .long, help: "Whether nuslerp and multislerp merge the changes from --base.")
    var taskVectors: Bool?

    @Option(name: .long, help: "What nuslerp turns: whole tensors, rows or columns.")
    var extent: String?

    @Option(
        name: .long,
        parsing: .unconditional,
        help: "How often karcher moves the mean at most; 10 when left out.",
        transform: NumberArgument.whole
    )
    var iterations: Int?

    @Option(
        name: .long,
        parsing: .unconditional,
        help: "The angle that ends karcher; 1e-5 when left out.",
        transform: NumberArgument.decimal
    )
    var tolerance: Double?

    @Option(
        name: .long,
        parsing: .unconditional,
        help: "How far nearswap moves an element of the base at most.",
        transform: NumberArgument.decimal
    )
    var distance: Double?

    @Option(
        name: .long,
        parsing: .unconditional,
        help: "How much ramplus-tl enlarges changes of one model alone.",
        transform: NumberArgument.decimal
    )
    var gain: Double?

    @Option(
        name: .long,
        parsing: .unconditional,
        help: "The largest ratio of shared to own changes in ramplus-tl.",
        transform: NumberArgument.decimal
    )
    var limit: Double?

    @Option(name: .long, help: "Parts to be reverted: 'layers 2-5,embeddings'.")
    var reverted: String?

    /// What was given, by the keys of a recipe; a layer swap when nothing says otherwise.
    var settings: [(key: String, value: String)] {
        given.contains { $0.key == "method" } ? given : [("method", "layer-swap")] + given
    }

    /// What was given, by the keys of a recipe.
    var given: [(key: String, value: String)] {
        func mapping(_ text: String) -> String { "{" + text.replacing("=", with: ": ") + "}" }
        let values: [(String, String?)] = [
            ("method", method),
            ("pattern", pattern),
            ("threshold", threshold.map { "\($0)" }),
            ("granularity", granularity),
            ("direction", direction),
            ("bottom", bottom.map(String.init)),
            ("top", top.map(String.init)),
            ("bottom_transition", bottomTransition.map(String.init)),
            ("top_transition", topTransition.map(String.init)),
            ("transition", transition),
            ("coefficients", coefficients.map { "[\($0)]" }),
            ("interpolation", interpolation),
            ("scale", scale.map(mapping)),
            ("tensors", tensors),
            ("embeddings", embeddings),
            ("final_norm", finalNorm),
            ("head", head),
            ("weights", weights.map(mapping)),
            ("density", density.map { "\($0)" }),
            ("epsilon", epsilon.map { "\($0)" }),
            ("gamma", gamma.map { "\($0)" }),
            ("lambda", lambda.map { "\($0)" }),
            ("normalize", normalize.map { "\($0)" }),
            ("seed", seed.map { "\($0)" }),
            ("model", model),
            ("models", models.map { "[\($0)]" }),
            ("task_vectors", taskVectors.map { "\($0)" }),
            ("extent", extent),
            ("iterations", iterations.map(String.init)),
            ("tolerance", tolerance.map { "\($0)" }),
            ("distance", distance.map { "\($0)" }),
            ("gain", gain.map { "\($0)" }),
            ("limit", limit.map { "\($0)" }),
            ("reverted", reverted.map { "[\($0)]" }),
        ]
        return values.compactMap { key, value in value.map { (key, $0) } }
    }
}
