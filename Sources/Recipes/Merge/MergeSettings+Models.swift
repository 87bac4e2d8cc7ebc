import Foundations
import MergeMethods

extension MergeSettings {
    /// Reads which models take part in a merge, and with which numbers.
    struct Source {
        let reader: MappingReader<CodingKeys>
        /// The names of the models that can take part.
        let models: [String]

        /// Weights and factors beyond this are mistakes of writing.
        static let largestWeight = 1e6

        /// The weights in the order in which they are written; nil when there are none.
        func terms(smallest: Double) throws -> [MergeTerm]? {
            guard let value = reader.optional(.weights) else { return nil }
            let range = smallest...Self.largestWeight
            let meaning =
                smallest < 0 ? "a weight from -1000000 to 1000000" : "a weight of zero or more"
            let terms = try value.namedValues("a mapping of models to weights").map {
                name,
                weight in
                guard models.contains(name) else { throw weight.error(unknown(name)) }
                return MergeTerm(name, try weight.number(in: range, meaning))
            }
            guard terms.contains(where: { $0.weight != 0 }) else {
                throw value.error(
                    smallest < 0 ? "no weight is other than zero" : "no weight is above zero"
                )
            }
            return terms
        }

        /// Both experts, for methods that name models by their weights.
        func experts() throws -> [String] {
            let names = [LayerSwap.math, LayerSwap.language]
            if let name = names.first(where: { !models.contains($0) }) {
                throw reader.value.error(
                    "the key \"weights\" is missing: no model is named \"\(name)\"; "
                        + "give weights to some of \(models.joined(separator: ", "))"
                )
            }
            return names
        }

        /// Who plays the parts of a layer swap.
        func experts(withBase readsBase: Bool) throws -> [String: String] {
            let language = try model(.language, part: LayerSwap.language)
            let math = try model(.math, part: LayerSwap.math)
            guard language != math else {
                let value = reader.optional(.math) ?? reader.optional(.language) ?? reader.value
                throw value.error("both experts are \"\(math)\"; choose two models")
            }
            var inputs = [LayerSwap.language: language, LayerSwap.math: math]
            if readsBase {
                inputs[LayerSwap.base] = try model(.base, part: LayerSwap.base)
            } else if let value = reader.optional(.base) {
                throw value.error("the key has no use here: nothing is taken from the base")
            }
            return inputs
        }

        /// Who takes part in a method that names models by their weights.
        func inputs(of method: MergeMethod) throws -> [String: String] {
            let read: [String]
            switch method {
            case .layerSwap, .mergekit: read = []
            case .average(let average): read = Self.present(average.terms)
            case .slerp(let slerp): read = Self.present(slerp.terms)
            case .dataWeighted(let average): read = Self.present(average.terms)
            case .taskVectors(let merge): read = Self.present(merge.terms)
            case .modelStock(let stock): read = stock.models
            case .revert(let revert): read = [revert.model]
            case .tensorwise(let merge): read = merge.models
            }
            var inputs = Dictionary(read.map { ($0, $0) }, uniquingKeysWith: { first, _ in first })
            switch method {
            case .average, .slerp, .dataWeighted: return inputs
            case .tensorwise(let merge) where !merge.readsBase:
                if let value = reader.optional(.base) {
                    throw value.error("the key has no use here: nothing is taken from the base")
                }
                return inputs
            default: break
            }
            let base = try model(.base, part: LayerSwap.base)
            if read.contains(where: { $0 == base || $0 == LayerSwap.base }) {
                let keys: [CodingKeys] = [.weights, .models, .model]
                let value = keys.lazy.compactMap { reader.optional($0) }.first ?? reader.value
                throw value.error(
                    "\"\(base)\" is the base, which cannot be merged with itself; leave it out here"
                )
            }
            inputs[LayerSwap.base] = base
            return inputs
        }

        /// An average by what the models' data say.
        func dataWeighted(_ kind: DataWeightedAverage.Kind) throws -> DataWeightedAverage {
            DataWeightedAverage(
                kind,
                try terms(smallest: 0) ?? experts().map { MergeTerm($0, 1) },
                sequences: try reader.integer(
                    .sequences,
                    default: Self.standardSequences,
                    in: 1...1_000_000
                ),
                offDiagonal: try reader.number(
                    .offDiagonal,
                    default: DataWeightedAverage.standardOffDiagonal,
                    in: 0...1,
                    "a share from 0 to 1"
                )
            )
        }

        /// The sequences that a model is looked at with when a recipe names no number.
        private static let standardSequences = 256

        /// A merge of task vectors, with the numbers that are given and the published others.
        func taskVectors(_ kind: TaskVectorMerge.Kind) throws -> TaskVectorMerge {
            var merge = TaskVectorMerge(kind, [])
            merge.isNormalized = try reader.boolean(.normalize, default: merge.isNormalized)
            let smallest = merge.isNormalized ? 0 : -Self.largestWeight
            merge.terms =
                try terms(smallest: smallest)
                ?? experts().map { MergeTerm($0, kind.standardWeight(of: 2)) }
            merge.lambda = try reader.number(
                .lambda,
                default: merge.lambda,
                in: -Self.largestWeight...Self.largestWeight,
                "a factor from -1000000 to 1000000"
            )
            merge.trimming = try trimming(merge.trimming)
            return merge
        }

        private func trimming(_ standard: Trimming) throws -> Trimming {
            switch standard {
            case .none: return .none
            case .largest(let share): return .largest(density: try density(default: share))
            case .random(let share, _):
                return .random(density: try density(default: share), seed: try seed())
            case .ranked(let share, let epsilon, _):
                return .ranked(
                    density: try density(default: share),
                    epsilon: try reader.number(
                        .epsilon,
                        default: epsilon,
                        in: 0...0.5,
                        "half the range of the probabilities, from 0 to 0.5"
                    ),
                    seed: try seed()
                )
            case .band(let share, let gamma):
                return .band(
                    density: try density(default: share),
                    gamma: try reader.number(
                        .gamma,
                        default: gamma,
                        in: 0...1,
                        "the share of largest changes that is dropped, from 0 to 1"
                    )
                )
            }
        }

        private func seed() throws -> UInt64 {
            try reader.optional(.seed)?.seed() ?? MergeSettings.standardSeed
        }

        /// The share of entries that are kept.
        private func density(default standard: Double) throws -> Double {
            try reader.number(
                .density,
                default: standard,
                in: Double.leastNonzeroMagnitude...1,
                "a share above 0 and at most 1"
            )
        }

        /// The models of a method that gives none a weight; nil when none are named.
        func list() throws -> [String]? {
            try reader.optional(.models)?.list("a list of models").map { value in
                let name = try value.text("the name of a model")
                guard models.contains(name) else { throw value.error(unknown(name)) }
                return name
            }
        }

        /// The model of which parts are reverted.
        func reverted() throws -> String { try model(.model, part: LayerSwap.language) }

        private static func present(_ terms: [MergeTerm]) -> [String] {
            terms.filter { $0.weight != 0 }.map(\.input)
        }

        private func model(_ key: CodingKeys, part: String) throws -> String {
            guard let value = reader.optional(key) else {
                guard models.contains(part) else {
                    throw reader.value.error(
                        "the key \"\(key.stringValue)\" is missing: no model is named \"\(part)\"; "
                            + "name one of \(models.joined(separator: ", "))"
                    )
                }
                return part
            }
            let name = try value.text("the name of a model")
            guard models.contains(name) else { throw value.error(unknown(name)) }
            return name
        }

        private func unknown(_ name: String) -> String {
            let nearest = NearestName.nearest(to: name, among: models)
            let hint = nearest.map { "; did you mean \"\($0)\"?" } ?? ""
            return "unknown model \"\(name)\", expected one of "
                + "\(models.joined(separator: ", "))\(hint)"
        }
    }
}
