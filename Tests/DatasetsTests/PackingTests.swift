import Datasets
import Foundation
import Testing

@Suite("Batches")
struct PackingTests {
    let tokenizer = ByteTokenizer()

    private func source(
        _ documents: [Document],
        masksPrompt: Bool = true,
        budget: Int = 64,
        maximum: Int = 64
    ) throws -> BatchSource {
        let component = Mixture.Component(
            name: "listed",
            source: ListedSource(documents: documents),
            weight: 1,
            masksPrompt: masksPrompt
        )
        return try BatchSource(
            mixture: Mixture([component]),
            tokenizer: tokenizer,
            tokensPerBatch: budget,
            maximumSequenceLength: maximum,
            seed: 7,
            name: "train"
        )
    }

    @Test("a text is read from begin and predicted to the end")
    func textIsShifted() throws {
        let batches = try PackedBatch.batches(
            of: [.text("ab"), .text("c")],
            tokenizer: tokenizer,
            tokensPerBatch: 10,
            maximumSequenceLength: 10
        )
        // 'a' is byte 97, so token 197; begin is 1, end is 2.
        #expect(
            batches == [
                PackedBatch(
                    tokens: [1, 197, 198, 1, 199],
                    segmentOffsets: [0, 3, 5],
                    targets: [197, 198, 2, 199, 2]
                )
            ]
        )
    }

    @Test("the prompt of a chat is masked when its component says so", arguments: [true, false])
    func promptMask(masks: Bool) throws {
        let batches = try PackedBatch.batches(
            of: [.chat(prompt: "q", response: "r")],
            tokenizer: tokenizer,
            masksPrompt: masks,
            tokensPerBatch: 10,
            maximumSequenceLength: 10
        )
        let prompt: [Int32] = masks ? [-1, -1, -1] : [3, 213, 4]
        #expect(
            batches == [
                PackedBatch(
                    tokens: [1, 3, 213, 4, 214],
                    segmentOffsets: [0, 5],
                    targets: prompt + [214, 2]
                )
            ]
        )
        #expect(batches[0].predictedTokenCount == (masks ? 2 : 5))
    }

    @Test("the chat form is begin, user, question, assistant; then reply, end")
    func chatFormat() throws {
        #expect(try ChatFormat.standard.prompt("q", tokenizer: tokenizer) == [1, 3, 213, 4])
        #expect(try ChatFormat.standard.reply("r", tokenizer: tokenizer) == [214, 2])
        let unknown = ChatFormat(userSymbol: "<|u|>", assistantSymbol: "<|assistant|>")
        #expect(throws: DatasetError.missingSymbol("<|u|>")) {
            try unknown.prompt("q", tokenizer: tokenizer)
        }
    }

    @Test("a long text is cut into pieces that predict every token once")
    func longText() throws {
        let text = String((0..<25).map { Character(UnicodeScalar(97 + UInt8($0))) })
        let sequences = try TokenSequence.sequences(
            of: .text(text),
            tokenizer: tokenizer,
            format: .standard,
            masksPrompt: true,
            maximumLength: 10
        )
        #expect(sequences.map(\.positionCount) == [10, 10, 6])
        #expect(sequences.allSatisfy { $0.tokens.first == 1 && $0.firstPredicted == 1 })
        #expect(sequences.flatMap { $0.tokens.dropFirst() } == tokenizer.encode(text) + [2])
    }

    @Test("a text without bound stays whole, with and without a beginning")
    func unboundedText() {
        let tokens: [Int32] = [5, 6, 7]
        #expect(tokens.pieces(behind: [], maximumLength: .max) == [[5, 6, 7]])
        #expect(tokens.pieces(behind: [1], maximumLength: .max) == [[1, 5, 6, 7]])
        #expect(tokens.pieces(behind: [], maximumLength: 1) == [[5, 6], [6, 7]])
    }

    @Test("a chat that does not fit is left out, and a source of nothing else is an error")
    func longChat() throws {
        let long = Document.chat(prompt: String(repeating: "x", count: 60), response: "y")
        let short = Document.chat(prompt: "q", response: "r")
        let batch = try source([long, short], budget: 32, maximum: 16).batch(step: 0)
        #expect(!batch.tokens.contains(220))
        #expect(throws: DatasetError.self) {
            try source([long], budget: 32, maximum: 16).batch(step: 0)
        }
        #expect(throws: DatasetError.self) {
            try PackedBatch.batches(
                of: [long],
                tokenizer: tokenizer,
                tokensPerBatch: 32,
                maximumSequenceLength: 32
            )
        }
    }

    @Test("batches of the world are full, hold whole segments, and depend on the step alone")
    func worldBatches() throws {
        let world = try PackageFolder.world()
        let mixture = try Mixture([
            .init(name: "stories", source: try world.monolingual(language: "sw"), weight: 3),
            .init(name: "problems", source: try world.wordProblems(language: "en"), weight: 1),
            .init(
                name: "pairs",
                source: try world.parallel(),
                weight: 1,
                masksPrompt: false
            ),
        ])
        let make = { (seed: UInt64, name: String) in
            try BatchSource(
                mixture: mixture,
                tokenizer: ByteTokenizer(),
                tokensPerBatch: 4096,
                maximumSequenceLength: 512,
                seed: seed,
                name: name
            )
        }
        let source = try make(3, "train")
        for step in 0..<100 {
            let batch = try source.batch(step: step)
            #expect(batch.tokens.count <= 4096)
            #expect(Double(batch.tokens.count) > 0.97 * 4096)
            #expect(batch.targets.count == batch.tokens.count)
            #expect(batch.segmentOffsets.first == 0)
            #expect(batch.segmentOffsets.last == batch.tokens.count)
            for (start, end) in zip(batch.segmentOffsets, batch.segmentOffsets.dropFirst()) {
                #expect(end - start <= 512 && end > start)
                #expect(batch.tokens[start] == 1)
                // Every target within a segment is the next token read, or is masked.
                for position in start..<(end - 1) {
                    let target = batch.targets[position]
                    #expect(target == -1 || target == batch.tokens[position + 1])
                }
                // No segment reads an end; what it predicts last is the end or the cut.
                #expect(!batch.tokens[start..<end].contains(2))
            }
        }
        #expect(try source.batch(step: 5) == make(3, "train").batch(step: 5))
        #expect(try source.batch(step: 5) != source.batch(step: 6))
        #expect(try source.batch(step: 5) != make(4, "train").batch(step: 5))
        #expect(try source.batch(step: 5) != make(3, "validation").batch(step: 5))
        let fixed = try make(3, "validation").fixedBatches(count: 3)
        #expect(try fixed == make(3, "validation").fixedBatches(count: 3))
    }

    @Test("components are drawn within binomial bounds of their weights")
    func mixtureFrequencies() throws {
        let weights = [5.0, 3, 1.5, 0.5]
        let mixture = try Mixture(
            weights.enumerated().map { index, weight in
                let source = ListedSource(documents: (0..<10).map { .text("\(index) \($0)") })
                return .init(name: "\(index)", source: source, weight: weight)
            }
        )
        #expect(mixture.probabilities == [0.5, 0.3, 0.15, 0.05])
        let draws = 40_000
        var counts = [Int](repeating: 0, count: 4)
        var documents: [Document: Int] = [:]
        for draw in 0..<draws {
            let drawn = try mixture.document(seed: 11, step: draw / 200, draw: draw % 200)
            counts[drawn.component] += 1
            documents[drawn.document, default: 0] += 1
        }
        for (count, probability) in zip(counts, mixture.probabilities) {
            let expected = probability * Double(draws)
            let deviation = (expected * (1 - probability)).squareRoot()
            #expect(abs(Double(count) - expected) < 5 * deviation, "\(counts)")
        }
        #expect(documents.count == 40)
    }

    @Test("mixtures that cannot work are refused")
    func badMixtures() throws {
        let good = ListedSource(documents: [.text("a")])
        #expect(throws: DatasetError.self) { try Mixture([]) }
        for weight in [0, -1, Double.nan, .infinity] {
            #expect(throws: DatasetError.self) {
                try Mixture([.init(name: "a", source: good, weight: weight)])
            }
        }
        #expect(throws: DatasetError.emptySource(name: "b")) {
            try Mixture([.init(name: "b", source: ListedSource(documents: []), weight: 1)])
        }
    }
}

@Suite("Chance and splits")
struct ContentRandomTests {
    @Test("the hash of a text is that of its reference")
    func referenceHash() {
        // FNV-1a of "a", from the tables of its authors.
        #expect(ContentMixer.hash(of: "a") == 0xAF63_DC4C_8601_EC8C)
    }

    @Test("bounded numbers are even")
    func bounded() {
        var random = ContentRandom(seed: 5, stream: "test", indices: 1, 2)
        var counts = [Int](repeating: 0, count: 7)
        for _ in 0..<70_000 { counts[random.below(7)] += 1 }
        #expect(counts.allSatisfy { abs($0 - 10_000) < 5 * 93 }, "\(counts)")
    }

    @Test("shares of splits are kept and checked")
    func splitShares() throws {
        let shares = SplitShares(development: 0.1, test: 0.2)
        var counts: [Split: Int] = [:]
        for number in 0..<20_000 { counts[shares.split(of: "text \(number)"), default: 0] += 1 }
        #expect(abs((counts[.development] ?? 0) - 2000) < 5 * 43)
        #expect(abs((counts[.test] ?? 0) - 4000) < 5 * 57)
        #expect(throws: DatasetError.self) {
            try SplitShares(development: 0.6, test: 0.6).validate()
        }
        #expect(SplitShares(development: 0, test: 0).split(of: "anything") == .train)
    }
}
