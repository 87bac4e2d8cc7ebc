import ArgumentParser

/// The settings of a merge as flags; each is the key of a recipe.
struct MergeSettingOptions: ParsableArguments {
    @Option(
        name: .long,
        help: "The merge method; see 'layerswap list methods'. (default: layer-swap)"
    )
    var method: String?

    @Option(
        name: .long,
        help:
            "Which layers the outer expert owns: zones, random, alternating or changes. (default: zones)"
    )
    var pattern: String?

    @Option(
        name: .long,
        parsing: .unconditional,
        help: "For --pattern changes: the smallest difference that decides. (default: 0.1)",
        transform: NumberArgument.decimal
    )
    var threshold: Double?

    @Option(
        name: .long,
        help:
            "For --pattern changes: decide by layer or by module. (default: layer)"
    )
    var granularity: String?

    @Option(
        name: .long,
        help:
            "language-outside, or math-outside to exchange the experts in all layers. (default: language-outside)"
    )
    var direction: String?

    @Option(
        name: .long,
        parsing: .unconditional,
        help: "Number of layers of the outer expert at the input. (default: scaled with depth)",
        transform: NumberArgument.whole
    )
    var bottom: Int?

    @Option(
        name: .long,
        parsing: .unconditional,
        help: "Number of layers of the outer expert at the output. (default: scaled with depth)",
        transform: NumberArgument.whole
    )
    var top: Int?

    @Option(
        name: .long,
        parsing: .unconditional,
        help:
            "Number of layers that mix both experts above the bottom. (default: scaled with depth)",
        transform: NumberArgument.whole
    )
    var bottomTransition: Int?

    @Option(
        name: .long,
        parsing: .unconditional,
        help: "Number of layers that mix both experts below the top. (default: scaled with depth)",
        transform: NumberArgument.whole
    )
    var topTransition: Int?

    @Option(
        name: .long,
        help:
            "How transition layers mix: none, ramp, constant, or 'constant 0.3' for the share of the outer expert."
    )
    var transition: String?

    @Option(
        name: .long,
        help: "The weight of the language expert in each layer, such as 1,0.5,0,0,1."
    )
    var coefficients: String?

    @Option(
        name: .long,
        help:
            "How transition layers are interpolated: linear, or slerp along the arc. (default: linear)"
    )
    var interpolation: String?

    @Option(
        name: .long,
        help: "Scale the changes from the base by zone, as in middle=1.1,transition=0.9."
    )
    var scale: String?

    @Option(
        name: .long,
        help:
            "Tensors of a layer to swap: all, attention or mlp; the rest stay math. (default: all)"
    )
    var tensors: String?

    @Option(name: .long, help: "Owner of the embeddings: language, math, base or 'blend 0.5'.")
    var embeddings: String?

    @Option(name: .long, help: "Owner of the final norm: language, math, base or 'blend 0.5'.")
    var finalNorm: String?

    @Option(name: .long, help: "Owner of the output head. (default: the owner of the embeddings)")
    var head: String?

    @Option(
        name: .long,
        help: "Weights of the models, as in math=1,language=1; not for layer swap."
    )
    var weights: String?

    @Option(
        name: .long,
        parsing: .unconditional,
        help: "Share of the changes to keep, for methods that drop some.",
        transform: NumberArgument.decimal
    )
    var density: Double?

    @Option(
        name: .long,
        parsing: .unconditional,
        help:
            "Spread of the keep probabilities around --density in DELLA; in ram, the largest change that counts as zero.",
        transform: NumberArgument.decimal
    )
    var epsilon: Double?

    @Option(
        name: .long,
        parsing: .unconditional,
        help: "Share of the largest changes that breadcrumbs drops.",
        transform: NumberArgument.decimal
    )
    var gamma: Double?

    @Option(
        name: .long,
        parsing: .unconditional,
        help: "Factor of the merged change before it is added to the base. (default: 1)",
        transform: NumberArgument.decimal
    )
    var lambda: Double?

    @Option(name: .long, help: "Divide sums of changes by the sum of their weights: true or false.")
    var normalize: Bool?

    @Option(
        name: .long,
        parsing: .unconditional,
        help: "The seed of a method with random choices. (default: 1)",
        transform: NumberArgument.whole
    )
    var seed: UInt64?

    @Option(
        name: .long,
        help: "The model of methods that take one, such as revert and nearswap. (default: language)"
    )
    var model: String?

    @Option(
        name: .long,
        help: "Models of methods without weights, as in math,language. (default: both experts)"
    )
    var models: String?

    @Option(
        name: .long,
        help: "Merge the changes from --base in nuslerp and multislerp: true or false."
    )
    var taskVectors: Bool?

    @Option(name: .long, help: "What nuslerp rotates: whole (tensors), rows or columns.")
    var extent: String?

    @Option(
        name: .long,
        parsing: .unconditional,
        help: "Largest number of iterations of karcher. (default: 10)",
        transform: NumberArgument.whole
    )
    var iterations: Int?

    @Option(
        name: .long,
        parsing: .unconditional,
        help: "Angle at which karcher has converged. (default: 1e-5)",
        transform: NumberArgument.decimal
    )
    var tolerance: Double?

    @Option(
        name: .long,
        parsing: .unconditional,
        help: "Largest change that nearswap makes to an element of the base.",
        transform: NumberArgument.decimal
    )
    var distance: Double?

    @Option(
        name: .long,
        parsing: .unconditional,
        help: "Factor by which ramplus-tl enlarges changes that one model alone has.",
        transform: NumberArgument.decimal
    )
    var gain: Double?

    @Option(
        name: .long,
        parsing: .unconditional,
        help: "Largest ratio of shared to own changes in ramplus-tl.",
        transform: NumberArgument.decimal
    )
    var limit: Double?

    @Option(name: .long, help: "Parts to revert to the base, as in 'layers 2-5,embeddings'.")
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
