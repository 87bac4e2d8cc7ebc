import Analysis

/// What analyses found out about each layer; each kind is nil where nobody has looked.
struct BarsMessage: Encodable, Sendable {
    /// How far each expert has moved: ‖Δ‖ / ‖θ₀‖.
    struct Change: Encodable, Sendable {
        let math: [Double]
        let language: [Double]

        init(_ record: ChangeRecord) {
            math = record.layers.map(\.mathNorm)
            language = record.layers.map(\.languageNorm)
        }
    }

    /// The weights that carry mathematics.
    struct Sets: Encodable, Sendable {
        /// By language, the share of a layer's part in the whole set.
        let share: [String: [Double]]
        /// The mean of the Jaccard index over pairs of languages.
        let overlap: [Double]

        /// Sets have several sizes; those of the middle one are shown.
        init?(_ record: LocalizationRecord) {
            let cuts = record.cuts.sorted { $0.share < $1.share }
            guard !cuts.isEmpty else { return nil }
            let record = cuts[cuts.count / 2]
            share = Dictionary(
                record.sets.map { set in
                    (set.language, set.layers.map { Double($0) / Double(max(set.size, 1)) })
                },
                uniquingKeysWith: { first, _ in first }
            )
            let layers = record.pairs.first?.layers.count ?? 0
            overlap = (0..<layers).map { layer in
                let values = record.pairs.map { $0.layers[layer].jaccard }
                return values.reduce(0, +) / Double(max(values.count, 1))
            }
        }
    }

    /// How alike the states of both languages are behind each layer: the cosine of translations.
    struct States: Encodable, Sendable {
        let alike: [Double]

        init(_ record: RepresentationRecord) {
            // Place 0 is behind the embeddings.
            alike = record.places.filter { $0.place > 0 }.map(\.cosine.value.value)
        }
    }

    var change: Change?
    var sets: Sets?
    var states: States?
}

/// How far long work is.
struct ProgressMessage: Encodable, Sendable {
    /// What is done at the moment; nil where there is one thing only.
    var what: String?
    let done: Int
    let of: Int
}
