import ArgumentParser
import MergeMethods
import RecipeDocuments
import Recipes

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
        help:
            "The weight of the language expert in each layer, such as 1,0.5,0,0,1; or one number for all."
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

    /// What was given; a layer swap when no method is named.
    ///
    /// - Throws: `OptionError` for a list or mapping that cannot be read.
    func parameters() throws -> MergeParameters {
        var values = try given()
        if values[.method] == nil { values[.method] = .text(MergeMethod.Kind.layerSwap.rawValue) }
        return MergeParameters(flags: values) {
            "--" + $0.stringValue.replacing("_", with: "-")
        }
    }

    /// Whether any setting was given.
    var isEmpty: Bool {
        let texts = [
            method, pattern, granularity, direction, transition, coefficients, interpolation, scale,
            tensors, embeddings, finalNorm, head, weights, model, models, extent, reverted,
        ]
        let numbers = [
            threshold, density, epsilon, gamma, lambda, tolerance, distance, gain, limit,
        ]
        let counts = [bottom, top, bottomTransition, topTransition, iterations]
        return texts.allSatisfy { $0 == nil } && numbers.allSatisfy { $0 == nil }
            && counts.allSatisfy { $0 == nil } && [normalize, taskVectors].allSatisfy { $0 == nil }
            && seed == nil
    }

    /// What was given, as typed values by the keys of a recipe.
    private func given() throws -> [MergeParameters.Key: SettingValue] {
        var values: [MergeParameters.Key: SettingValue] = [:]
        let texts: [(MergeParameters.Key, String?)] = [
            (.method, method), (.pattern, pattern), (.granularity, granularity),
            (.direction, direction), (.transition, transition), (.interpolation, interpolation),
            (.tensors, tensors), (.embeddings, embeddings), (.finalNorm, finalNorm), (.head, head),
            (.model, model), (.extent, extent),
        ]
        for (key, text) in texts { values[key] = text.map { .text($0) } }
        let numbers: [(MergeParameters.Key, Double?)] = [
            (.threshold, threshold), (.density, density), (.epsilon, epsilon), (.gamma, gamma),
            (.lambda, lambda), (.tolerance, tolerance), (.distance, distance), (.gain, gain),
            (.limit, limit),
        ]
        for (key, number) in numbers { values[key] = number.map { .number($0) } }
        let counts: [(MergeParameters.Key, Int?)] = [
            (.bottom, bottom), (.top, top), (.bottomTransition, bottomTransition),
            (.topTransition, topTransition), (.iterations, iterations),
        ]
        for (key, count) in counts { values[key] = count.map { .whole($0) } }
        values[.seed] = seed.map { .seed($0) }
        values[.normalize] = normalize.map { .boolean($0) }
        values[.taskVectors] = taskVectors.map { .boolean($0) }
        values[.coefficients] = try coefficients.map {
            try ListArgument.numbers($0, flag: "--coefficients")
        }
        values[.scale] = try scale.map { try ListArgument.named($0, flag: "--scale") }
        values[.weights] = try weights.map { try ListArgument.named($0, flag: "--weights") }
        values[.models] = models.map(ListArgument.texts)
        values[.reverted] = reverted.map(ListArgument.texts)
        return values
    }
}
