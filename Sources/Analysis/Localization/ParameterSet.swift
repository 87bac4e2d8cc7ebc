import Foundations
import Kernels
import Transformer

/// Some single weights of a model.
package struct ParameterSet: Sendable {
    /// The weights of each tensor that has any chance of being in the set, by the tensor's place.
    package private(set) var parts: [Part]

    /// Weights of one tensor.
    package struct Part: Sendable {
        /// The tensor.
        package let entry: ParameterLayout.Entry
        /// Places in the tensor.
        package var places: BitSet

        /// Weights of a tensor by their places.
        package init(entry: ParameterLayout.Entry, places: BitSet) {
            self.entry = entry
            self.places = places
        }
    }

    /// A set of known parts.
    package init(_ parts: [Part]) { self.parts = parts }

    /// The number of weights.
    package var count: Int { parts.reduce(0) { $0 + $1.places.count } }

    /// The weights of a model that are the most important ones for a language's mathematics, and,
    /// where that is asked for, not for other text of that language.
    ///
    /// - Parameters:
    ///   - language: The place of the language.
    ///   - model: The model that the scores are of.
    ///   - scores: The scores.
    ///   - share: The share of each weight matrix that is cut off the top.
    ///   - subtracted: Whether the top of other text is taken out.
    ///   - pool: The threads.
    package init(
        mathematicsOf language: Int,
        in model: TransformerModel,
        _ scores: ImportanceScores,
        share: Double,
        subtracted: Bool,
        pool: WorkerPool
    ) {
        let entries = Self.entries(of: model)
        var parts = [Part?](repeating: nil, count: entries.count)
        parts.withUnsafeMutableBufferPointer { buffer in
            let slots = SharedSlots(buffer)
            pool.perform(count: entries.count) { number in
                let entry = entries[number]
                let cut = ImportanceCut(Self.matrix(of: entry, in: model))
                func top(_ kind: PromptKind) -> BitSet {
                    cut.top(scores.columns(of: entry.name, language, kind), shares: [share])[0]
                }
                let own = top(.mathematics)
                slots[number] = Part(
                    entry: entry,
                    places: subtracted ? own.subtracting(top(.other)) : own
                )
            }
        }
        self.parts = parts.compactMap { $0 }
        withExtendedLifetime(model) {}
    }

    /// As many weights of each tensor as another set has, drawn without replacement.
    ///
    /// - Parameters:
    ///   - other: The set whose sizes are taken.
    ///   - seed: The seed of all randomness.
    ///   - draw: The number of the draw.
    package init(randomLike other: ParameterSet, seed: UInt64, draw: Int) {
        parts = other.parts.map { part in
            var generator = SeededGenerator(
                seed: seed,
                stream: "analysis/random-set/\(part.entry.name)",
                indices: draw
            )
            return Part(
                entry: part.entry,
                places: Self.random(
                    part.places.count,
                    below: part.places.limit,
                    using: &generator
                )
            )
        }
    }

    /// The linear layers of a model's blocks.
    package static func entries(of model: TransformerModel) -> [ParameterLayout.Entry] {
        model.layout.entries.filter { $0.layer != nil && $0.role.isMatrix }
    }

    static func matrix(of entry: ParameterLayout.Entry, in model: TransformerModel) -> MatrixView {
        MatrixView(
            model.parameters[entry.range],
            rows: entry.shape[0],
            columns: entry.shape[1]
        )
    }

    /// Floyd's draw of `count` different numbers below `limit` (Bentley and Floyd, 1987).
    private static func random(
        _ count: Int,
        below limit: Int,
        using generator: inout SeededGenerator
    ) -> BitSet {
        var places = BitSet(limit: limit)
        for last in (limit - count)..<limit {
            let drawn = generator.index(below: last + 1)
            places[places[drawn] ? last : drawn] = true
        }
        return places
    }
}

extension ParameterSet {
    /// A copy of a model with every weight of the set multiplied by a factor.
    ///
    /// - Parameters:
    ///   - model: A model of the layout that the set was made for.
    ///   - factor: 0 prunes the weights.
    /// - Returns: The changed copy.
    package func scaled(in model: TransformerModel, by factor: Float) -> TransformerModel {
        let copy = model.copied()
        for part in parts {
            let view = copy.parameters[part.entry.range]
            part.places.forEach { view[$0] *= factor }
        }
        return withExtendedLifetime(model) { copy }
    }

    /// 1 for every weight of the set and 0 for all others, in the layout of the model's parameters.
    package func mask(for model: TransformerModel) -> SharedBuffer {
        let mask = SharedBuffer(count: model.parameterCount)
        for part in parts {
            let view = mask.view[part.entry.range]
            part.places.forEach { view[$0] = 1 }
        }
        return mask
    }
}
