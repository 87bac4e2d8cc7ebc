import Analysis
import Foundations
import TestSupport
import Testing
import Transformer

@Suite("States of two languages")
struct RepresentationTests {
    /// A model without blocks that do anything: the embedding of word i of a language is a concept
    /// of length 1, and beside it the language's own direction of length 1.
    ///
    /// - Parameter massive: A word whose embeddings are a thousand times as long.
    /// - Returns: The model.
    private func model(massive: Int? = nil) -> TransformerModel {
        let width = 32
        let model = TransformerModel(
            zeros: ModelConfiguration(
                vocabularySize: 2 + 2 * Self.words,
                modelWidth: width,
                layerCount: 2,
                headCount: 2,
                hiddenWidth: 8
            )
        )
        for entry in model.layout.entries where !entry.role.isMatrix {
            model.parameters[entry.range].fill(1)
        }
        let concepts = Self.directions(count: Self.words, width: 24, seed: 3)
        let languages = Self.directions(count: 2, width: width - 24, seed: 4)
        for language in 0..<2 {
            for word in 0..<Self.words {
                let token = 2 + language * Self.words + word
                let scale: Float = word == massive ? 1_000 : 1
                for (place, value) in (concepts[word] + languages[language]).enumerated() {
                    model.parameters[token * width + place] = scale * value
                }
            }
        }
        return model
    }

    /// Random vectors of length 1.
    private static func directions(count: Int, width: Int, seed: UInt64) -> [[Float]] {
        let values = sampleValues(count * width, seed: seed)
        return (0..<count).map { number in
            let vector = values[number * width..<(number + 1) * width]
            let length = vector.reduce(0) { $0 + $1 * $1 }.squareRoot()
            return vector.map { $0 / length }
        }
    }

    private static let words = 60

    /// Sentences of the same words in both languages, or of words that have nothing to do with each
    /// other.
    private static func sentences(
        areTranslations: Bool = true
    ) -> [(first: [Int32], second: [Int32])] {
        (0..<60).map { number in
            var generator = SeededGenerator(seed: 1, stream: "sentence", indices: number)
            func content() -> [Int32] {
                (0..<4).map { _ in Int32(generator.next() % UInt64(words)) }
            }
            let first = content()
            let second = areTranslations ? first : content()
            return ([1] + first.map { $0 + 2 }, [1] + second.map { $0 + 2 + Int32(words) })
        }
    }

    private func record(
        _ model: TransformerModel,
        _ sentences: [(first: [Int32], second: [Int32])] = sentences(),
        threads: Int = 2
    ) throws -> RepresentationRecord {
        try RepresentationAnalysis(draws: 10).run(
            model,
            languages: ("en", "sw"),
            sentences: sentences,
            kinds: TokenLanguages(
                first: Array(repeating: Array(2..<Int32(2 + Self.words)), count: 9),
                second: Array(
                    repeating: Array(Int32(2 + Self.words)..<Int32(2 + 2 * Self.words)),
                    count: 9
                ),
                vocabularySize: 2 + 2 * Self.words
            ),
            threadCount: threads
        )
    }

    @Test("shared concepts are found in every measure, and not when sentences are shuffled")
    func shared() throws {
        let found = try record(model())
        #expect(found.places.map(\.place) == [0, 1, 2])
        for place in found.places {
            #expect(place.retrieval.value == 1)
            #expect(place.retrievalBack.value == 1)
            #expect(abs(place.alignment.value.value - 1) < 1e-6)
            #expect(abs(place.alignment.shuffled) < 0.1)
            #expect(place.cosine.value.value > place.cosine.shuffled + 0.02)
            // Each token is the most probable one after itself, so that the lens shows its
            // language.
            #expect(place.lens[0].first.value > 0.9 && place.lens[0].second.value < 0.1)
            #expect(place.lens[1].second.value > 0.9 && place.lens[1].first.value < 0.1)
        }
    }

    @Test("a word with states a thousand times as long counts like any other")
    func massive() throws {
        let plain = try record(model())
        let found = try record(model(massive: 7))
        for (place, expected) in zip(found.places, plain.places) {
            #expect(place.retrieval.value == 1 && place.retrievalBack.value == 1)
            let difference = place.alignment.value.value - expected.alignment.value.value
            #expect(abs(difference) < 1e-3)
        }
    }

    @Test("sentences of other contents are not taken for translations")
    func unshared() throws {
        let found = try record(model(), Self.sentences(areTranslations: false))
        for place in found.places {
            #expect(place.retrieval.value < 0.15)
            #expect(abs(place.alignment.value.value) < 0.2)
            #expect(abs(place.cosine.value.value - place.cosine.shuffled) < 0.05)
        }
    }

    @Test("no number depends on the threads")
    func threads() throws {
        let model = TestModel.random(vocabulary: 2 + 2 * Self.words)
        #expect(try record(model, threads: 1) == record(model, threads: 3))
    }

    @Test("the last place of the lens is what the model itself predicts")
    func lens() throws {
        let model = TestModel.random(layers: 2, vocabulary: 20)
        let sequences: [[Int32]] = [[1, 4, 7], [1, 9, 3, 12, 5]]
        let tops = try LayerReader(model, threadCount: 1).topTokens(of: sequences)
        let scorer = SequenceScorer(model: model, threadCount: 1)
        for (place, sequence) in sequences.enumerated() {
            let input = ModelInput(sequences: [sequence])
            let logits = try scorer.logits(of: input, at: Array(1..<sequence.count))
            let expected = logits.map { row in Int32(row.indices.max { row[$0] < row[$1] } ?? -1) }
            #expect(tops.last?[place] == expected)
        }
    }

    @Test("the first place holds the mean direction of the embeddings of tokens behind the first")
    func means() throws {
        let model = TestModel.random(vocabulary: 20)
        let buffers = try LayerReader(model, threadCount: 1).meanDirections(of: [
            [1, 4, 7], [1, 9],
        ])
        func direction(_ token: Int) -> [Float] {
            let embedding = model.parameters[token * 16..<(token + 1) * 16].array()
            let length = embedding.reduce(0) { $0 + $1 * $1 }.squareRoot()
            return embedding.map { $0 / length }
        }
        let expected = zip(direction(4), direction(7)).map { ($0 + $1) / 2 } + direction(9)
        #expect(relativeError(buffers[0].view.array(), expected) < 1e-6)
        withExtendedLifetime((model, buffers)) {}
    }

    @Test("tokens belong to the language whose texts have them far more often")
    func tokenLanguages() {
        let kinds = TokenLanguages(
            first: [[1, 1, 1, 1, 3, 3, 3, 3, 5]],
            second: [[2, 2, 2, 2, 3, 3, 3, 3, 6]],
            vocabularySize: 8
        )
        #expect(
            [1, 2, 3, 5, 7, 9].map { kinds[Int32($0)] }
                == [.first, .second, .shared, .shared, .unseen, .unseen]
        )
    }

    @Test("too few sentences are refused")
    func few() {
        #expect {
            try RepresentationAnalysis().run(
                model(),
                languages: ("en", "sw"),
                sentences: Array(Self.sentences().prefix(10)),
                kinds: TokenLanguages(first: [], second: [], vocabularySize: 1),
                threadCount: 1
            )
        } throws: { "\($0)".contains("found 10 sentences in both en and sw") }
    }
}
