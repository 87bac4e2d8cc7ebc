import Foundation
import Testing
import Tokenization

@Suite("TokenizerTrainer")
struct TokenizerTrainerTests {
    @Test("one corpus gives one model, byte for byte", arguments: ["unigram", "bpe"])
    func repeatable(type: String) throws {
        var options = TestTexts.options
        options.modelType = try #require(.init(rawValue: type))
        let corpus = (0..<400).map { "\(TestTexts.languages[$0 % 5]) \($0 * 7919 % 1000)" }
        let first = try TokenizerTrainer.train(sentences: corpus, options: options)
        let second = try TokenizerTrainer.train(sentences: corpus, options: options)
        #expect(first == second)
        let other = try TokenizerTrainer.train(sentences: corpus.dropFirst(), options: options)
        #expect(other != first)
    }

    @Test("the seed chooses the sentences of a limited corpus")
    func limited() throws {
        let corpus = (0..<500).map { "number \($0) has square \($0 * $0)" }
        var options = TokenizerTrainingOptions(vocabularySize: 320, maximumSentences: 50)
        let first = try TokenizerTrainer.report(sentences: corpus, options: options)
        #expect(first.sentenceCount == 50)
        #expect(try TokenizerTrainer.train(sentences: corpus, options: options) == first.model)
        options.seed = 1
        #expect(try TokenizerTrainer.train(sentences: corpus, options: options) != first.model)
        options.maximumSentences = 500
        let all = try TokenizerTrainer.train(sentences: corpus, options: options)
        options.maximumSentences = nil
        #expect(try TokenizerTrainer.train(sentences: corpus, options: options) == all)
    }

    @Test(
        "a frequent word that always stands before a space is one piece",
        arguments: ["unigram", "bpe"]
    )
    func wordsBeforeSpaces(type: String) throws {
        var options = TokenizerTrainingOptions(vocabularySize: 380)
        options.modelType = try #require(.init(rawValue: type))
        let corpus = (0..<300).map { "ఇప్పుడు నీమా దగ్గర \($0) ఉన్నాయి. నీమా, tell \($0 % 7)." }
        let report = try TokenizerTrainer.report(sentences: corpus, options: options)
        let tokenizer = try Tokenizer(model: report.model)
        for word in ["ఇప్పుడు", "దగ్గర", "నీమా", "tell"] {
            let pieces = tokenizer.encode("1 \(word) 2").map { tokenizer.piece(of: $0) }
            #expect(pieces.contains("▁" + word), "\(pieces)")
        }
        #expect(report.sentenceCount == 300)
        #expect(report.byteCount == corpus.reduce(0) { $0 + $1.utf8.count })
    }

    @Test("digits of every script are single pieces", arguments: ["unigram", "bpe"])
    func digits(type: String) throws {
        let corpus = (0..<300).map { "২৪ ২৪ 1234 has 1234 and １２ in \($0 % 7)" }
        var options = TokenizerTrainingOptions(vocabularySize: 400)
        options.modelType = try #require(.init(rawValue: type))
        let tokenizer = try Tokenizer(
            model: TokenizerTrainer.train(sentences: corpus, options: options)
        )
        for (text, count) in [("1234", 4), ("২৪", 2), ("１２", 2)] {
            let pieces = tokenizer.encode(text).map { tokenizer.piece(of: $0) }
            #expect(pieces.filter { $0 != "\u{2581}" } == text.map(String.init))
            #expect(pieces.count == count + 1)
        }
        for identifier in 0..<Int32(tokenizer.vocabularySize) where !tokenizer.isByte(identifier) {
            let piece = tokenizer.piece(of: identifier)
            if piece.contains(where: \.isNumber) { #expect(piece.unicodeScalars.count == 1) }
        }
        options.splitsDigits = false
        // Byte-pair encoding surely joins the most frequent pairs, which here are digits.
        options.modelType = .bpe
        let joined = try Tokenizer(
            model: TokenizerTrainer.train(sentences: corpus, options: options)
        )
        #expect(joined.encode("1234").count < 4)
    }

    @Test("a small corpus gives fewer pieces and says so", arguments: ["unigram", "bpe"])
    func fewerPieces(type: String) throws {
        var options = TokenizerTrainingOptions(vocabularySize: 2000)
        options.modelType = try #require(.init(rawValue: type))
        let report = try TokenizerTrainer.report(sentences: ["hello hello"], options: options)
        let tokenizer = try Tokenizer(model: report.model)
        #expect(report.vocabularySize == tokenizer.vocabularySize)
        #expect(report.vocabularySize < 2000)
        #expect(report.notice?.contains("\(report.vocabularySize) pieces, fewer than") == true)

        let corpus = (0..<200).map { "hello there number \($0) and \($0 * 31)" }
        // Joining pairs fills any vocabulary that the corpus has pairs for.
        options.modelType = .bpe
        options.vocabularySize = 290
        #expect(try TokenizerTrainer.report(sentences: corpus, options: options).notice == nil)
    }

    @Test("symbols take the identifiers after the special pieces, in their order")
    func symbols() throws {
        let options = TokenizerTrainingOptions(
            vocabularySize: 320,
            userDefinedSymbols: ["<|user|>", "<|a,\"b|>", "<|assistant|>"]
        )
        let tokenizer = try TestTexts.tokenizerOfEnglish(options)
        let first = (Int32(0)..<9).map { tokenizer.piece(of: $0) }
        #expect(
            first == [
                "<unk>", "<s>", "</s>", "<pad>", "\n", "<|user|>", "<|a,\"b|>", "<|assistant|>",
                "<0x00>",
            ]
        )
        #expect(tokenizer.decode(tokenizer.encode("x<|a,\"b|>y")) == "x<|a,\"b|>y")
        #expect(tokenizer.identifier(ofPiece: "<|a,\"b|>") == 6)
        #expect(!tokenizer.encode("x<|a,\"b|>y").contains(6))
    }

    @Test("sentences above the library's 4,192 bytes are trained on too")
    func longSentences() throws {
        let long = String(repeating: "zebra ", count: 2000)
        let options = TokenizerTrainingOptions(
            vocabularySize: 300,
            modelType: .bpe,
            characterCoverage: 1
        )
        let tokenizer = try Tokenizer(
            model: TokenizerTrainer.train(sentences: ["other words", long], options: options)
        )
        #expect(tokenizer.encode("zebra").count == 1)
    }

    @Test("a corpus without text is an error", arguments: [[], [""], [" ", "\n\t "]])
    func emptyCorpus(sentences: [String]) {
        #expect(throws: TokenizerError.emptyCorpus(sentenceCount: sentences.count)) {
            try TokenizerTrainer.train(sentences: sentences, options: TestTexts.options)
        }
    }

    @Test("a vocabulary without room for what must be in it is an error", arguments: [1, 100, 264])
    func vocabularyTooSmall(size: Int) {
        // 4 special pieces, newline, 2 symbols, 256 bytes, and the characters `▁`, `a`, `b`.
        for type in TokenizerTrainingOptions.ModelType.allCases {
            let options = TokenizerTrainingOptions(
                vocabularySize: size,
                modelType: type,
                characterCoverage: 1
            )
            #expect(throws: TokenizerError.vocabularyTooSmall(requested: size, needed: 266)) {
                try TokenizerTrainer.train(sentences: ["ab ab ba"], options: options)
            }
        }
    }

    @Test("options out of range are errors that name the option")
    func optionsOutOfRange() {
        let bad: [(String, TokenizerTrainingOptions)] = [
            ("vocabularySize", .init(vocabularySize: 0)),
            ("vocabularySize", .init(vocabularySize: -5)),
            ("vocabularySize", .init(vocabularySize: .max)),
            ("characterCoverage", .init(vocabularySize: 500, characterCoverage: 0.5)),
            ("characterCoverage", .init(vocabularySize: 500, characterCoverage: .nan)),
            ("maximumSentences", .init(vocabularySize: 500, maximumSentences: 0)),
        ]
        for (name, options) in bad {
            let error = #expect(throws: TokenizerError.self) {
                try TokenizerTrainer.train(sentences: TestTexts.languages, options: options)
            }
            #expect(error?.description.contains(name) == true)
        }
    }

    @Test(
        "symbols that cannot be one are errors",
        arguments: ["", " ", "a b", "\n", "<s>", "<0x41>", "a\u{0}b", "\u{2581}x", "twice"]
    )
    func badSymbols(symbol: String) {
        let options = TokenizerTrainingOptions(
            vocabularySize: 500,
            userDefinedSymbols: ["twice", symbol]
        )
        let error = #expect(throws: TokenizerError.self) {
            try TokenizerTrainer.train(sentences: TestTexts.languages, options: options)
        }
        #expect(error?.description.contains(symbol.debugDescription) == true)
    }
}

extension TestTexts {
    /// A tokenizer of a few hundred English sentences.
    static func tokenizerOfEnglish(_ options: TokenizerTrainingOptions) throws -> Tokenizer {
        let corpus = (0..<200).map { "Amani had \($0) apples and gave \($0 / 2) to Zuri." }
        return try Tokenizer(model: TokenizerTrainer.train(sentences: corpus, options: options))
    }
}
