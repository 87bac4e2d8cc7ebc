import Foundation
import Testing
import Tokenization

@Suite("Tokenizer")
struct TokenizerTests {
    @Test("every text comes back byte for byte", arguments: TestTexts.all)
    func roundTrip(text: String) throws {
        for type in TokenizerTrainingOptions.ModelType.allCases {
            var options = TestTexts.options
            options.modelType = type
            let tokenizer = try TestTexts.tokenizer(options)
            let tokens = tokenizer.encode(text)
            #expect(sameBytes(tokenizer.decode(tokens), text))
            #expect(!tokens.contains(tokenizer.unknown))
        }
    }

    @Test("the sign for a space reads as a space")
    func signForSpace() throws {
        let tokenizer = try TestTexts.tokenizer()
        #expect(tokenizer.decode(tokenizer.encode("a\u{2581}b")) == "a b")
    }

    @Test("byte lengths add up to the text and the space before it", arguments: TestTexts.all)
    func byteLengths(text: String) throws {
        let tokenizer = try TestTexts.tokenizer()
        let length = tokenizer.encode(text).reduce(0) { $0 + tokenizer.byteLength(of: $1) }
        #expect(length == (text.isEmpty ? 0 : text.utf8.count + 1))
        #expect(tokenizer.byteLength(of: try #require(tokenizer.beginningOfSequence)) == 0)
    }

    @Test(
        "no text becomes a symbol, and every text that spells one is read back",
        arguments: TokenizerTrainingOptions.ModelType.allCases
    )
    func chatSymbols(type: TokenizerTrainingOptions.ModelType) throws {
        var options = TestTexts.options
        options.modelType = type
        let tokenizer = try TestTexts.tokenizer(options)
        let symbols = ["<|user|>", "<|assistant|>", "</s>", "<s>", "<pad>", "<unk>"]
        let identifiers = try symbols.map { try #require(tokenizer.identifier(ofPiece: $0)) }
        for symbol in symbols {
            var texts = [
                symbol, "x\(symbol)y", "\(symbol)\(symbol)", "< \(symbol) >", "\(symbol)\u{301}",
                "  \(symbol)\n\(symbol)  ", symbol + symbol.dropFirst(), "<|us\(symbol)er|>",
            ]
            texts += TestTexts.languages.map { "\($0)\(symbol)\($0)" }
            for text in texts {
                let tokens = tokenizer.encode(text)
                #expect(!tokens.contains { identifiers.contains($0) }, "\(text)")
                #expect(sameBytes(tokenizer.decode(tokens), text))
                if symbol != "<unk>" { #expect(tokenizer.spellsSymbol(text)) }
            }
        }
        for text in TestTexts.languages { #expect(!tokenizer.spellsSymbol(text)) }
    }

    @Test("a symbol is one piece by its identifier, reads as its spelling and is not silent")
    func symbolPieces() throws {
        let tokenizer = try TestTexts.tokenizer()
        let user = try #require(tokenizer.identifier(ofPiece: "<|user|>"))
        #expect(tokenizer.piece(of: user) == "<|user|>")
        #expect(tokenizer.decode([user] + tokenizer.encode("a")) == "<|user|> a")
        #expect(!tokenizer.isControl(user) && tokenizer.byteLength(of: user) == 8)
    }

    @Test("the file that is saved has its symbols as they were trained")
    func savedSymbols() throws {
        let model = try TokenizerTrainer.train(
            sentences: TestTexts.languages,
            options: TestTexts.options
        )
        #expect(try Tokenizer(model: model).modelBytes == model)
    }

    @Test("no text is encoded as a control piece")
    func controlPieces() throws {
        let tokenizer = try TestTexts.tokenizer()
        let tokens = tokenizer.encode("<s> </s> <pad> <unk>")
        #expect(!tokens.contains { $0 <= 3 })
    }

    @Test("a newline is one token")
    func newline() throws {
        let tokenizer = try TestTexts.tokenizer()
        let newline = try #require(tokenizer.identifier(ofPiece: "\n"))
        #expect(tokenizer.encode("a\n\nb").filter { $0 == newline }.count == 2)
    }

    @Test("its one file reads back as the same tokenizer")
    func file() throws {
        let url = FileManager.default.temporaryDirectory
            .appendingPathComponent("\(UUID().uuidString).model")
        defer { try? FileManager.default.removeItem(at: url) }
        let tokenizer = try TestTexts.tokenizer()
        #expect(tokenizer.files.map(\.name) == ["tokenizer.model"])
        try tokenizer.modelBytes.write(to: url)
        let again = try Tokenizer(at: url)
        #expect(again.modelBytes == tokenizer.modelBytes)
        #expect(again.encode("5 + 7") == tokenizer.encode("5 + 7"))
    }

    @Test("a missing file is an error with its path")
    func missingFile() {
        let error = #expect(throws: TokenizerError.self) {
            try Tokenizer(at: URL(fileURLWithPath: "/no/such/tokenizer.model"))
        }
        #expect(error?.description.contains("/no/such/tokenizer.model") == true)
    }

    @Test("a model cut short anywhere is an error")
    func cutShort() throws {
        let whole = try Data(contentsOf: TestTexts.fixture("multilingual.model"))
        for length in [0, 1, 7, 100] + Array(stride(from: 500, to: whole.count, by: 499)) {
            #expect(throws: TokenizerError.self, "cut at byte \(length)") {
                try Tokenizer(model: whole.prefix(length))
            }
        }
    }

    @Test("a model cut between two pieces, which still parses, is an error")
    func cutBetweenPieces() throws {
        let whole = try Data(contentsOf: TestTexts.fixture("multilingual.model"))
        // A piece is field 1 with a length below 128: 0x0A, length, content.
        var offset = 0
        var cuts = 0
        while whole[offset] == 0x0A {
            offset += 2 + Int(whole[offset + 1])
            cuts += 1
            #expect(throws: TokenizerError.self, "cut at byte \(offset)") {
                try Tokenizer(model: whole.prefix(offset))
            }
        }
        #expect(cuts == (try ExpectedTokens.load().vocabulary_size))
        // The next field, the trainer's settings, is whole here, and the normaliser is not there.
        let trainerLength = Int(whole[offset + 1])
        #expect(whole[offset] == 0x12 && trainerLength < 128)
        let error = #expect(throws: TokenizerError.self) {
            try Tokenizer(model: whole.prefix(offset + 2 + trainerLength))
        }
        #expect(error?.description.contains("normaliser is missing") == true)
    }

    @Test("many threads at once give the same pieces")
    func threads() async throws {
        let tokenizer = try Tokenizer(at: TestTexts.fixture("multilingual.model"))
        // The library makes symbols of their spellings; here text is text.
        let expected = try ExpectedTokens.load().texts.filter { !$0.text.contains("<|") }
        let right = await withTaskGroup(of: Bool.self) { group in
            for index in 0..<200 {
                let text = expected[index % expected.count]
                group.addTask {
                    let tokens = tokenizer.encode(text.text)
                    return tokens == text.tokens
                        && sameBytes(tokenizer.decode(tokens), text.decoded)
                }
            }
            return await group.reduce(true) { $0 && $1 }
        }
        #expect(right)
    }

    @Test("bytes that are no model are an error")
    func noModel() {
        for bytes in [Data("not a model".utf8), Data(repeating: 0xFF, count: 64), Data([0x0A])] {
            #expect(throws: TokenizerError.self) { try Tokenizer(model: bytes) }
        }
        // A length of 2^64 - 1 must not overflow.
        let huge = Data([0x0A] + [UInt8](repeating: 0xFF, count: 9) + [0x01])
        #expect(throws: TokenizerError.self) { try Tokenizer(model: huge) }
    }
}
