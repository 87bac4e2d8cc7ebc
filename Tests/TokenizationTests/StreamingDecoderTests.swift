import Testing
import Tokenization

@Suite("StreamingDecoder")
struct StreamingDecoderTests {
    @Test("streamed text is the full decode, and each part whole", arguments: TestTexts.all)
    func streamed(text: String) throws {
        // Coverage below 1 and few pieces send many characters through bytes.
        let small = TokenizerTrainingOptions(vocabularySize: 340, characterCoverage: 0.98)
        let tokenizers = try [
            TestTexts.tokenizer(),
            Tokenizer(model: TokenizerTrainer.train(sentences: ["abc 1 2 3"], options: small)),
            Tokenizer(at: TestTexts.fixture("multilingual.model")),
        ]
        for tokenizer in tokenizers {
            let tokens = tokenizer.encode(text)
            var decoder = StreamingDecoder(tokenizer: tokenizer)
            var parts = tokens.map { decoder.append($0) }
            parts.append(decoder.finish())
            #expect(sameBytes(parts.joined(), tokenizer.decode(tokens)))
            #expect(sameBytes(parts.joined(), text))
            let replacements = parts.joined().unicodeScalars.filter { $0 == "\u{FFFD}" }.count
            #expect(replacements == text.unicodeScalars.filter { $0 == "\u{FFFD}" }.count)
        }
    }

    @Test("a character of four bytes appears with its last byte")
    func holdsBack() throws {
        let tokenizer = try Tokenizer(at: TestTexts.fixture("multilingual.model"))
        let bytes = try "👍".utf8.map { byte in
            try #require(
                tokenizer.identifier(
                    ofPiece: "<0x\(String(byte, radix: 16, uppercase: true))>"
                )
            )
        }
        var decoder = StreamingDecoder(tokenizer: tokenizer)
        #expect(bytes.map { decoder.append($0) } == ["", "", "", "👍"])
        #expect(decoder.finish() == "")
        // Bytes that can no longer become a character are let go at once.
        #expect(bytes.prefix(2).map { decoder.append($0) } == ["", ""])
        #expect(decoder.append(bytes[0]) == "\u{FFFD}\u{FFFD}")
        #expect(decoder.finish() == "\u{FFFD}")
    }

    @Test("a decoder that finished starts again")
    func beginsAnew() throws {
        let tokenizer = try TestTexts.tokenizer()
        let tokens = tokenizer.encode("Amani had")
        var decoder = StreamingDecoder(tokenizer: tokenizer)
        for _ in 0..<2 {
            #expect(tokens.map { decoder.append($0) }.joined() + decoder.finish() == "Amani had")
        }
    }
}
