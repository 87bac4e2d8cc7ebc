import Foundations
import MergeMethods
import RecipeDocuments
import Transformer

extension MergeSettings {
    /// Reads which models take part in a merge, and with which numbers.
    struct Source {
        let parameters: MergeParameters
        /// The names of the models that can take part.
        let models: [String]
        /// The names of merges that are not written to disk before this one.
        let unwritten: [String]

        /// Weights and factors beyond this are mistakes of writing.
        static let largestWeight = 1e6

        /// Weights and factors of either sign.
        static func signed(_ noun: String) -> NumberRange {
            NumberRange(noun, -largestWeight...largestWeight)
        }

        /// The weights in the order in which they are written; nil when there are none.
        func terms(canBeNegative: Bool = false) throws -> [MergeTerm]? {
            guard let weights = try parameters.numbers(.weights) else { return nil }
            let terms = try weights.map { name, weight in
                let path = [CodingKeys.weights.stringValue, name]
                guard models.contains(name) else {
                    throw parameters.error(at: path, unknown(name))
                }
                guard canBeNegative || weight >= 0 else {
                    throw parameters.error(
                        at: path,
                        "found \(NumberRange.text(of: weight)), expected a weight of zero or more"
                    )
                }
                return MergeTerm(name, weight)
            }
            guard terms.contains(where: { $0.weight != 0 }) else {
                throw parameters.error(
                    at: .weights,
                    canBeNegative ? "no weight is other than zero" : "no weight is above zero"
                )
            }
            return terms
        }

        /// Both experts, for methods that name models by their weights.
        func experts() throws -> [String] {
            let names = [ModelPart.math.name, ModelPart.language.name]
            if let name = names.first(where: { !models.contains($0) }) {
                throw parameters.missing(
                    .weights,
                    "no model is named \"\(name)\"; give weights to some of "
                        + models.joined(separator: ", ")
                )
            }
            return names
        }

        /// Who plays the parts of a layer swap.
        func experts(withBase readsBase: Bool) throws -> [String: String] {
            let language = try model(.language, part: ModelPart.language.name)
            let math = try model(.math, part: ModelPart.math.name)
            guard language != math else {
                throw error(
                    atFirstOf: [.math, .language],
                    "both experts are \"\(math)\"; choose two models"
                )
            }
            var inputs = [ModelPart.language.name: language, ModelPart.math.name: math]
            if readsBase {
                inputs[ModelPart.base.name] = try model(.base, part: ModelPart.base.name)
            } else {
                try refuseBase()
            }
            return inputs
        }

        private func refuseBase() throws {
            guard parameters.contains(.base) else { return }
            throw parameters.error(
                at: .base,
                "the key does not apply here: nothing is taken from the base"
            )
        }

        /// An error about the first of several keys that has a value, or about the merge.
        private func error(atFirstOf keys: [CodingKeys], _ problem: String) -> RecipeError {
            keys.first(where: parameters.contains).map { parameters.error(at: $0, problem) }
                ?? parameters.error(problem)
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
                try refuseBase()
                return inputs
            default: break
            }
            let base = try model(.base, part: ModelPart.base.name)
            if read.contains(where: { $0 == base || $0 == ModelPart.base.name }) {
                throw error(
                    atFirstOf: [.weights, .models, .model],
                    "\"\(base)\" is the base, which cannot be merged with itself; leave it out here"
                )
            }
            inputs[ModelPart.base.name] = base
            return inputs
        }

        /// An average by what the models' data say.
        func dataWeighted(_ kind: DataWeightedAverage.Kind) throws -> DataWeightedAverage {
            DataWeightedAverage(
                kind,
                try terms() ?? experts().map { MergeTerm($0, 1) },
                sequences: try parameters.standardized(.sequences),
                offDiagonal: try parameters.standardized(.offDiagonal)
            )
        }

        /// A merge of task vectors, with the numbers that are given and the published others.
        func taskVectors(_ kind: TaskVectorMerge.Kind) throws -> TaskVectorMerge {
            var merge = TaskVectorMerge(kind, [])
            merge.isNormalized = try parameters.value(.normalize) ?? merge.isNormalized
            merge.terms =
                try terms(canBeNegative: !merge.isNormalized)
                ?? experts().map { MergeTerm($0, kind.standardWeight(of: 2)) }
            merge.lambda = try parameters.value(.lambda) ?? merge.lambda
            merge.trimming = try trimming(merge.trimming)
            return merge
        }

        private func trimming(_ standard: Trimming) throws -> Trimming {
            func density(_ share: Double) throws -> Double {
                try parameters.value(.density) ?? share
            }
            func seed() throws -> UInt64 { try parameters.standardized(.seed) }
            switch standard {
            case .none: return .none
            case .largest(let share): return .largest(density: try density(share))
            case .random(let share, _):
                return .random(density: try density(share), seed: try seed())
            case .ranked(let share, let epsilon, _):
                let halfRange = NumberRange("half range of the probabilities", 0...0.5)
                return .ranked(
                    density: try density(share),
                    epsilon: try parameters.value(.epsilon, in: halfRange) ?? epsilon,
                    seed: try seed()
                )
            case .band(let share, let gamma):
                return .band(
                    density: try density(share),
                    gamma: try parameters.value(.gamma) ?? gamma
                )
            }
        }

        /// The models of a method that gives none a weight; nil when none are named.
        func list() throws -> [String]? {
            guard let names: [String] = try parameters.value(.models) else { return nil }
            for (place, name) in names.enumerated() where !models.contains(name) {
                let path = [CodingKeys.models.stringValue, String(place)]
                throw parameters.error(at: path, unknown(name))
            }
            return names
        }

        /// The one model of a method.
        func model() throws -> String { try model(.model, part: ModelPart.language.name) }

        /// The parts that are taken from the base.
        func reverted(layers: Int, tiedHead: Bool) throws -> ParameterSelection {
            let key = CodingKeys.reverted
            func parts(_ name: String, at path: [String]) throws -> [ParameterSelection.Part] {
                do {
                    return try ParameterSelection.parts(
                        named: name,
                        layers: layers,
                        tiedHead: tiedHead
                    )
                } catch let error as ParameterSelection.PartError {
                    throw parameters.error(at: path, error.problem)
                }
            }
            let path = [key.stringValue]
            switch parameters[key] {
            case .text(let name): return ParameterSelection(try parts(name, at: path))
            case .list(let list):
                let names = list.compactMap { String(setting: $0) }
                guard !names.isEmpty else {
                    throw parameters.error(
                        at: key,
                        "found an empty list, expected \(ParameterSelection.forms)"
                    )
                }
                return ParameterSelection(
                    try names.enumerated().flatMap { try parts($1, at: path + [String($0)]) }
                )
            default: throw parameters.missing(key, "what is taken from the base")
            }
        }

        private static func present(_ terms: [MergeTerm]) -> [String] {
            terms.filter { $0.weight != 0 }.map(\.input)
        }

        private func model(_ key: CodingKeys, part: String) throws -> String {
            guard let name: String = try parameters.value(key) else {
                guard models.contains(part) else {
                    throw parameters.missing(
                        key,
                        "no model is named \"\(part)\"; name one of "
                            + models.joined(separator: ", ")
                    )
                }
                return part
            }
            guard models.contains(name) else { throw parameters.error(at: key, unknown(name)) }
            return name
        }

        private func unknown(_ name: String) -> String {
            let nearest = NearestName.nearest(to: name, among: models)
            let hint = nearest.map { "; did you mean \"\($0)\"?" } ?? ""
            guard !unwritten.contains(name) else {
                return "\"\(name)\" is a merge that is not there yet; a merge can take part in "
                    + "another when it stands before it and is written to disk (write: true)"
            }
            return "unknown model \"\(name)\", expected one of "
                + "\(models.joined(separator: ", "))\(hint)"
        }
    }
}
