import ArgumentParser
import MergeMethods
import Recipes

/// The settings of a merge as flags; each is the key of a recipe.
struct MergeSettingOptions: ParsableArguments {
    @Option(name: .long, help: "The method; 'layerswap list methods' explains each.")
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
        help: "How far DELLA's probabilities are from the density; what counts as zero in ram.",
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
        help: "Seed of a method that draws random numbers; 1 when left out.",
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
