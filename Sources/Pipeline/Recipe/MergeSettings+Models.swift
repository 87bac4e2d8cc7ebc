import Merging

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
            let terms: [MergeTerm]
            switch method {
            case .layerSwap: terms = []
            case .average(let average): terms = average.terms
            case .taskArithmetic(let method): terms = method.terms
            case .ties(let method): terms = method.terms
            case .dare(let method): terms = method.terms
            }
            let read = terms.filter { $0.weight != 0 }.map(\.input)
            var inputs = Dictionary(read.map { ($0, $0) }, uniquingKeysWith: { first, _ in first })
            if case .average = method { return inputs }
            let base = try model(.base, part: LayerSwap.base)
            if terms.contains(where: { $0.input == base || $0.input == LayerSwap.base }) {
                throw (reader.optional(.weights) ?? reader.value).error(
                    "\"\(base)\" is the base, which cannot be added to itself; leave out its weight"
                )
            }
            inputs[LayerSwap.base] = base
            return inputs
        }

        /// λ.
        func lambda(default standard: Double) throws -> Double {
            try reader.number(
                .lambda,
                default: standard,
                in: -Self.largestWeight...Self.largestWeight,
                "a factor from -1000000 to 1000000"
            )
        }

        /// The share of entries that are kept.
        func density(default standard: Double) throws -> Double {
            try reader.number(
                .density,
                default: standard,
                in: Double.leastNonzeroMagnitude...1,
                "a share above 0 and at most 1"
            )
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
            let nearest = NearestWord.nearest(to: name, among: models)
            let hint = nearest.map { "; did you mean \"\($0)\"?" } ?? ""
            return "unknown model \"\(name)\", expected one of "
                + "\(models.joined(separator: ", "))\(hint)"
        }
    }
}
