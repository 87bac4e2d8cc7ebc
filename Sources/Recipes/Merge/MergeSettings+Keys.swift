import MergeMethods
import RecipeDocuments
import Transformer

extension MergeSettings {
    /// The patterns of a layer swap as recipes name them.
    package enum PatternName: String, CaseIterable, Sendable {
        case zones, random, alternating, changes, retrieval
    }

    /// The keys of a merge; which of them apply depends on the method (`keyNames(of:)`).
    package enum CodingKeys: String, DescribedKey {
        case method, language, math, base, pattern, direction, bottom, top
        case bottomTransition = "bottom_transition"
        case topTransition = "top_transition"
        case transition, coefficients, tensors, embeddings
        case finalNorm = "final_norm"
        case head, interpolation, scale, weights, density, epsilon, gamma, lambda, normalize
        case seed, models, model, reverted, threshold, granularity, sentences, sequences
        case offDiagonal = "off_diagonal"
        case taskVectors = "task_vectors"
        case extent, iterations, tolerance, distance, gain, limit

        package static let places = ["merges.NAME"]

        package var entry: KeyEntry {
            switch self {
            case .method:
                .choice(KeyDefault<MergeMethod.Kind>.required("how the models become one")).meaning(
                    "The merge method; 'layerswap list methods' explains each."
                )
            case .language: Self.model(.derived("`language`"), "The language expert.", "language")
            case .math: Self.model(.derived("`math`"), "The math expert.", "math")
            case .base:
                Self.model(
                    .derived("`base`"),
                    "The model that the experts were trained from.",
                    "base"
                )
            case .model:
                Self.model(.derived("`language`"), "The model of methods that have one.", "math")
            case .models:
                .texts("a list of models", each: "the name of a model", .derived("both experts"))
                    .meaning("The models of methods without weights.").written(
                        as: "[math, language]"
                    )
            case .weights:
                .namedNumbers(
                    "a mapping of models to weights",
                    each: Source.signed("weight"),
                    .derived("equal weights of both experts")
                ).meaning("The weights of the models.").written(as: "{math: 1, language: 1}")
            case .pattern:
                .choice(.value(PatternName.zones)).meaning(
                    "How the layers are dealt out to the experts."
                )
            case .direction:
                .choice(.value(LayerSwap.Direction.languageOutside)).meaning(
                    "Which expert has the outer layers."
                )
            case .bottom: Self.width(Self.swap.bottom, "Layers of the outer expert at the input.")
            case .top: Self.width(Self.swap.top, "Layers of the outer expert at the output.")
            case .bottomTransition:
                Self.width(Self.swap.bottomTransition, "Layers of both experts above the bottom.")
            case .topTransition:
                Self.width(Self.swap.topTransition, "Layers of both experts below the top.")
            case .transition:
                .text(
                    "none, ramp, constant or constant 0.3",
                    .derived(Self.swap.transition.rawValue)
                ).meaning(
                    "What the layers of both experts are; a number is the outer expert's weight."
                ).written(as: "constant 0.3")
            case .coefficients:
                .special(
                    "number, list of numbers, or a mapping of attention and mlp to these",
                    .derived("what the pattern gives")
                ).meaning(
                    "The language expert's weight in each layer, from 0 to 1, in place of a "
                        + "pattern."
                ).written(as: "[1, 0.5, 0, 1]")
            case .tensors:
                .choice(.value(LayerSwap.TensorKinds.all)).meaning(
                    "Which tensors of a layer are swapped; the others come from the math expert."
                )
            case .embeddings:
                Self.owner(.derived(Self.swap.embeddings.rawValue), "Owner of the embeddings.")
            case .finalNorm:
                Self.owner(.derived(Self.swap.finalNorm.rawValue), "Owner of the final norm.")
            case .head: Self.owner(.derived("as `embeddings`"), "Owner of the output head.")
            case .interpolation:
                .choice(.value(LayerSwap.Interpolation.linear)).meaning(
                    "How the layers of both experts are computed."
                )
            case .scale:
                .namedNumbers(
                    "a mapping of zones to factors",
                    each: NumberRange("factor", -1_000...1_000),
                    .absent("1 everywhere")
                ).meaning(
                    "Factors of the changes by zone: "
                        + LayerSwap.ZoneScale.zones.map(\.name).joined(separator: ", ") + "."
                ).written(as: "{middle: 1.1}")
            case .threshold:
                .number(NumberRange("difference of changes", 0...1), .value(0.1)).meaning(
                    "Pattern `changes`: the difference from which one expert owns a layer."
                )
            case .granularity:
                .choice(.value(LayerSwap.Granularity.layer)).meaning(
                    "Pattern `changes`: whether a layer or each half of it has one owner."
                )
            case .density:
                .number(
                    NumberRange("share", 0...1, excluding: .lower),
                    .derived(Self.trimmings { $0.density } + ", 1 (sce)")
                ).meaning("The share of the changes that is kept.").written(as: "0.5")
            case .epsilon:
                .number(
                    .number(0...1),
                    .derived(
                        Self.trimmings { $0.epsilon }
                            + ", \(NumberRange.text(of: MultiSlerp.standardEpsilon)) (multislerp), "
                            + "\(NumberRange.text(of: AgentMerge.standardEpsilon)) (ram, ramplus-tl)"
                    )
                ).meaning(
                    "How far the probabilities of della are from the density; what counts as zero "
                        + "in ram, ramplus-tl and multislerp."
                ).written(as: "0.1")
            case .gamma:
                .number(.share, .derived(Self.trimmings { $0.gamma })).meaning(
                    "The share of the largest changes that breadcrumbs drop."
                ).written(as: "0.02")
            case .lambda:
                .number(
                    Source.signed("factor"),
                    .derived(NumberRange.text(of: TaskVectorMerge(.ties, []).lambda))
                ).meaning("The factor of what is added to the base.").written(as: "0.8")
            case .normalize:
                .boolean(.derived("true for \(normalized.joined(separator: ", ")), else false"))
                    .meaning("Whether sums of changes are divided by the sum of their weights.")
            case .seed:
                .seed(.value(standardSeed)).meaning(
                    "The seed of a method that draws random numbers."
                )
            case .reverted:
                .special(
                    "list of parts: \(ParameterSelection.forms)",
                    .required("what is taken from the base")
                ).meaning("The parts that are taken from the base.").written(as: "[layers 2-5]")
            case .sentences:
                .whole(40...1_000_000, .value(200)).meaning(
                    "Pattern `retrieval`: how many sentences in both languages the base reads."
                )
            case .sequences:
                .whole(1...1_000_000, .value(256)).meaning(
                    "How many sequences of its data each model is measured on."
                )
            case .offDiagonal:
                .number(.share, .value(DataWeightedAverage.standardOffDiagonal)).meaning(
                    "The factor of the off-diagonal elements of G in a regression mean."
                )
            case .taskVectors:
                .boolean(.value(false)).meaning("Whether the changes from the base are merged.")
            case .extent:
                .choice(.value(NuSlerp.Extent.whole)).meaning(
                    "What is turned: whole tensors, rows or columns."
                )
            case .iterations:
                .whole(0...100_000, .value(KarcherMean.standardIterations)).meaning(
                    "How often the mean is moved at most."
                )
            case .tolerance:
                .number(NumberRange("angle", 0...1), .value(KarcherMean.standardTolerance)).meaning(
                    "The angle below which the mean is not moved any more."
                )
            case .distance:
                .number(
                    NumberRange("distance", 0...Source.largestWeight),
                    .required("how far the base moves at most")
                ).meaning("How far an element of the base is moved at most.").written(as: "0.001")
            case .gain:
                .number(Source.signed("factor"), .value(AgentMerge.standardGain)).meaning(
                    "How much changes of one model alone are enlarged."
                )
            case .limit:
                .number(
                    NumberRange("ratio", 0...Source.largestWeight),
                    .value(AgentMerge.standardLimit)
                ).meaning("The largest ratio of shared to own changes that counts.")
            }
        }

        /// The published swap, at the depth for which it was published.
        private static let swap = LayerSwap.defaults(layerCount: 32)

        /// The methods that divide by the sum of the weights unless `normalize` says otherwise.
        private var normalized: [String] {
            TaskVectorMerge.Kind.allCases.filter(\.isNormalized).map(\.rawValue)
                + [TensorwiseMerge.Kind.multislerp.rawValue]
        }

        /// A number of the published trimmings, each with the methods that have it.
        private static func trimmings(_ number: (Trimming) -> Double?) -> String {
            var groups: [(number: Double, methods: [String])] = []
            for kind in TaskVectorMerge.Kind.allCases {
                guard let value = number(kind.trimming(seed: standardSeed)) else { continue }
                if let place = groups.firstIndex(where: { $0.number == value }) {
                    groups[place].methods.append(kind.rawValue)
                } else {
                    groups.append((value, [kind.rawValue]))
                }
            }
            return groups.map {
                "\(NumberRange.text(of: $0.number)) (\($0.methods.joined(separator: ", ")))"
            }.joined(separator: ", ")
        }

        private static func width(_ published: Int, _ help: String) -> KeyEntry {
            .whole(0...100_000, .derived("\(published) at 32 layers, scaled with the depth"))
                .meaning(help).written(as: String(published))
        }

        private static func owner(_ fallback: KeyDefault<String>, _ help: String) -> KeyEntry {
            .text("language, math, base, or blend 0.5", fallback).meaning(help).written(
                as: "language"
            )
        }

        private static func model(
            _ fallback: KeyDefault<String>,
            _ help: String,
            _ example: String
        ) -> KeyEntry {
            .text("the name of a model", fallback).meaning(help).written(as: example)
        }
    }
}

extension Trimming {
    /// The share that is kept; nil when all is.
    fileprivate var density: Double? {
        switch self {
        case .none: nil
        case .largest(let density), .random(let density, _), .ranked(let density, _, _),
            .band(let density, _):
            density
        }
    }

    /// Half the range of the probabilities; nil for other methods than della's.
    fileprivate var epsilon: Double? {
        if case .ranked(_, let epsilon, _) = self { epsilon } else { nil }
    }

    /// The share of largest changes that is dropped; nil for other methods than breadcrumbs.
    fileprivate var gamma: Double? {
        if case .band(_, let gamma) = self { gamma } else { nil }
    }
}
