import Evaluation
import Foundations
import Kernels
import Transformer

/// Shows a model the same sentences in two languages and compares its states: the evidence for
/// "language outside, concepts in the middle".
package struct RepresentationAnalysis: Sendable {
    /// Draws of shuffled sentences.
    package var draws: Int
    /// Where the draws come from.
    package var seed: UInt64

    /// Blocks of sentences that are left out in turn for the error of CKA.
    private static let jackknifeBlocks = 10
    /// Sentences without which nothing can be said.
    package static let fewestSentences = 40

    /// Describes an analysis.
    package init(draws: Int = 20, seed: UInt64 = 0) {
        self.draws = draws
        self.seed = seed
    }

    /// Compares the states of a model.
    ///
    /// - Parameters:
    ///   - model: The model.
    ///   - languages: The codes of both languages.
    ///   - sentences: The same sentences in the first and in the second language as tokens, each
    ///     with its begin token.
    ///   - kinds: To which language tokens belong.
    ///   - threadCount: Threads; no number depends on them.
    /// - Returns: The measures by place.
    /// - Throws: `AnalysisError.tooFew`, `ModelNumberError` for a model with numbers that are not
    ///   finite.
    package func run(
        _ model: TransformerModel,
        languages: (first: String, second: String),
        sentences: [(first: [Int32], second: [Int32])],
        kinds: TokenLanguages,
        threadCount: Int
    ) throws -> RepresentationRecord {
        let usable = try Self.usable(
            sentences,
            of: "both \(languages.first) and \(languages.second)"
        )
        return try run(
            model,
            languages: [languages.first, languages.second],
            sentences: [usable.map(\.first), usable.map(\.second)],
            kinds: kinds,
            threadCount: threadCount
        )[0]
    }

    /// How often translations find each other at each place of a model, the mean of both
    /// directions: what `RetrievalZones` is made of.
    ///
    /// - Parameters:
    ///   - model: The model.
    ///   - sentences: The same sentences in two languages as tokens, each with its begin token.
    ///   - threadCount: Threads; no number depends on them.
    /// - Returns: The share behind the embeddings and behind every layer.
    /// - Throws: `AnalysisError.tooFew`, `ModelNumberError` for a model with numbers that are not
    ///   finite.
    package static func found(
        in model: TransformerModel,
        _ sentences: [(first: [Int32], second: [Int32])],
        threadCount: Int
    ) throws -> [Double] {
        let usable = try usable(sentences, of: "both languages")
        let reader = LayerReader(model, threadCount: threadCount)
        let states = try [usable.map(\.first), usable.map(\.second)].map(reader.meanDirections)
        return withExtendedLifetime(states) {
            (0..<reader.placeCount).map { place in
                let vectors = states.map {
                    SentenceStates($0[place].view, count: usable.count, width: reader.width)
                        .centered.normalized
                }
                let nearness = vectors[0].products(with: vectors[1])
                let both = [false, true].map { retrieval(nearness, isTransposed: $0).value }
                return both.reduce(0, +) / 2
            }
        }
    }

    /// The sentences that have tokens in both languages.
    ///
    /// - Throws: `AnalysisError.tooFew`.
    private static func usable(
        _ sentences: [(first: [Int32], second: [Int32])],
        of languages: String
    ) throws -> [(first: [Int32], second: [Int32])] {
        let usable = sentences.filter { $0.first.count > 1 && $0.second.count > 1 }
        guard usable.count >= fewestSentences else {
            throw AnalysisError.tooFew(
                what: "sentences in \(languages)",
                found: usable.count,
                expected: fewestSentences
            )
        }
        return usable
    }

    /// Compares the states of a model for the same sentences in several languages, every two of
    /// them.
    ///
    /// - Parameters:
    ///   - model: The model.
    ///   - languages: The codes of the languages, two or more.
    ///   - sentences: The same sentences in each language as tokens, in the same order; none empty.
    ///   - kinds: To which of two languages tokens belong; nil where the most probable tokens are
    ///     not looked at, which takes most of the time with large vocabularies.
    ///   - threadCount: Threads; no number depends on them.
    ///   - progress: Called with how many languages were read of how many.
    /// - Returns: The measures by place for each pair of languages, in the order of the languages.
    /// - Throws: `AnalysisError.tooFew`, `ModelNumberError` for a model with numbers that are not
    ///   finite, and what `progress` throws.
    package func run(
        _ model: TransformerModel,
        languages: [String],
        sentences: [[[Int32]]],
        kinds: TokenLanguages?,
        threadCount: Int,
        progress: (Int, Int) throws -> Void = { _, _ in }
    ) throws -> [RepresentationRecord] {
        let count = sentences.map(\.count).min() ?? 0
        guard count >= Self.fewestSentences else {
            throw AnalysisError.tooFew(
                what: "sentences in \(languages.joined(separator: " and "))",
                found: count,
                expected: Self.fewestSentences
            )
        }
        let reader = LayerReader(model, threadCount: threadCount)
        let states = try sentences.enumerated().map { number, sentences in
            try progress(number, languages.count)
            return try reader.meanDirections(of: sentences)
        }
        let tops = try kinds == nil ? [] : sentences.map(reader.topTokens)
        try progress(languages.count, languages.count)
        let pairs = languages.indices.flatMap { first in
            (first + 1..<max(first + 1, languages.count)).map { (first, $0) }
        }
        return withExtendedLifetime(states) {
            pairs.map { first, second in
                let places = (0..<reader.placeCount).map { place in
                    let vectors = [first, second].map {
                        SentenceStates(states[$0][place].view, count: count, width: reader.width)
                    }
                    let (cosine, alignment) = similarity(vectors[0], vectors[1], place: place)
                    let centered = vectors.map(\.centered.normalized)
                    let nearness = centered[0].products(with: centered[1])
                    return RepresentationRecord.Place(
                        place: place,
                        cosine: cosine,
                        alignment: alignment,
                        retrieval: Self.retrieval(nearness, isTransposed: false),
                        retrievalBack: Self.retrieval(nearness, isTransposed: true),
                        lens: kinds.map { kinds in tops.map { Self.lens($0[place], kinds) } } ?? []
                    )
                }
                return RepresentationRecord(
                    languages: [languages[first], languages[second]],
                    sentences: count,
                    draws: draws,
                    places: places
                )
            }
        }
    }

    private func similarity(
        _ first: SentenceStates,
        _ second: SentenceStates,
        place: Int
    ) -> (cosine: RepresentationRecord.Controlled, alignment: RepresentationRecord.Controlled) {
        let count = first.count
        let cosines = first.normalized.products(with: second.normalized)
        let kernels = [first.centered, second.centered].map { $0.products(with: $0) }
        let alignment = KernelAlignment(kernels[0], kernels[1])
        let orders = (0..<draws).map { draw in
            var generator = SeededGenerator(
                seed: seed,
                stream: "analysis/shuffled-sentences",
                indices: draw
            )
            return generator.shuffledIndices(below: count)
        }
        let own = (0..<count).map { cosines[$0, $0] }
        return (
            Self.controlled(
                Estimate.mean(of: own)
                    ?? Estimate(value: 0, standardError: nil, count: count),
                orders.map { order in
                    order.enumerated().reduce(0) { $0 + cosines[$1.offset, $1.element] }
                        / Double(count)
                }
            ),
            Self.controlled(
                Self.jackknifed(alignment, count: count),
                orders.map { alignment.value(order: $0) }
            )
        )
    }

    /// The alignment with the error that leaving out blocks of sentences gives.
    private static func jackknifed(_ alignment: KernelAlignment, count: Int) -> Estimate {
        let blocks = jackknifeBlocks
        let parts = (0..<blocks).map { block in
            alignment.value(without: count * block / blocks..<count * (block + 1) / blocks)
        }
        let mean = parts.reduce(0, +) / Double(blocks)
        let squares = parts.reduce(0) { $0 + ($1 - mean) * ($1 - mean) }
        return Estimate(
            value: alignment.value(),
            standardError: (Double(blocks - 1) / Double(blocks) * squares).squareRoot(),
            count: count
        )
    }

    private static func controlled(
        _ value: Estimate,
        _ shuffled: [Double]
    ) -> RepresentationRecord.Controlled {
        let spread = DrawSpread(shuffled)
        return RepresentationRecord.Controlled(
            value: value,
            shuffled: spread.mean,
            shuffledDeviation: spread.deviation
        )
    }

    /// How much nearer another one has to be; products of unit vectors are exact to about 1e-15.
    private static let rounding = 1e-12

    /// How often the nearest is the right one; of equally near ones none is.
    private static func retrieval(_ nearness: DenseMatrix, isTransposed: Bool) -> Estimate {
        let count = nearness.rows
        let right = (0..<count).map { row in
            let own = nearness[row, row]
            return (0..<count).allSatisfy { other in
                let value = isTransposed ? nearness[other, row] : nearness[row, other]
                return other == row || value < own - rounding
            }
        }
        return Estimate.proportion(of: right)
            ?? Estimate(value: 0, standardError: nil, count: 0)
    }

    private static func lens(
        _ tokens: [[Int32]],
        _ kinds: TokenLanguages
    ) -> RepresentationRecord.Lens {
        let lengths = tokens.map { Double($0.count) }
        func share(_ isOne: (TokenLanguages.Kind) -> Bool) -> Estimate {
            Estimate.ratio(
                numerators: tokens.map { Double($0.count { isOne(kinds[$0]) }) },
                denominators: lengths
            ) ?? Estimate(value: 0, standardError: nil, count: 0)
        }
        return RepresentationRecord.Lens(
            first: share { $0 == .first },
            second: share { $0 == .second },
            neither: share { $0 == .shared || $0 == .unseen }
        )
    }
}
