import Foundation
import Testing
import Tokenization

/// What the Python package of SentencePiece gave, made by `Fixtures/make_fixtures.py`.
struct ExpectedTokens: Decodable {
    struct Text: Decodable, CustomTestStringConvertible {
        let name: String
        let text: String
        let tokens: [Int32]
        let pieces: [String]
        let decoded: String
        var testDescription: String { name }
    }

    struct Run: Decodable, CustomTestStringConvertible {
        let name: String
        let tokens: [Int32]
        let decoded: String
        var testDescription: String { name }
    }

    let vocabulary_size: Int
    let texts: [Text]
    let runs: [Run]

    static func load() throws -> ExpectedTokens {
        let bytes = try Data(contentsOf: TestTexts.fixture("expected.json"))
        return try JSONDecoder().decode(ExpectedTokens.self, from: bytes)
    }
}

@Suite("Parity with the SentencePiece library's own model, pieces and text")
struct LibraryParityTests {
    let tokenizer: Tokenizer

    init() throws {
        tokenizer = try Tokenizer(at: TestTexts.fixture("multilingual.model"))
    }

    @Test("the vocabulary and its special pieces are those of the file")
    func vocabulary() throws {
        #expect(tokenizer.vocabularySize == (try ExpectedTokens.load().vocabulary_size))
        #expect(tokenizer.unknown == 0)
        #expect(tokenizer.beginningOfSequence == 1)
        #expect(tokenizer.endOfSequence == 2)
        #expect(tokenizer.padding == 3)
        #expect(tokenizer.piece(of: 4) == "\n")
        #expect(tokenizer.piece(of: 5) == "<|user|>")
        #expect(tokenizer.identifier(ofPiece: "<|assistant|>") == 6)
        #expect(tokenizer.identifier(ofPiece: "<0x00>") == 7)
        #expect(tokenizer.identifier(ofPiece: "<unk>") == 0)
        #expect(tokenizer.identifier(ofPiece: "no such piece") == nil)
        #expect([0, 1, 2, 3].map { tokenizer.isControl($0) } == [false, true, true, true])
        #expect(tokenizer.isByte(7) && !tokenizer.isByte(6))
    }

    @Test(
        "texts are cut into the same pieces and read back the same",
        arguments: try ExpectedTokens.load().texts
    )
    func texts(_ expected: ExpectedTokens.Text) {
        let tokens = tokenizer.encode(expected.text)
        if expected.text.contains("<|") {
            // The library makes symbols of their spellings; here text is text.
            #expect(tokens.allSatisfy { $0 < 5 || $0 > 6 })
            #expect(sameBytes(tokenizer.decode(tokens), expected.text))
            return
        }
        #expect(tokens == expected.tokens)
        #expect(tokens.map { tokenizer.piece(of: $0) } == expected.pieces)
        #expect(sameBytes(tokenizer.decode(tokens), expected.decoded))
    }

    @Test(
        "runs that no encoding gives are decoded the same",
        arguments: try ExpectedTokens.load().runs
    )
    func runs(_ expected: ExpectedTokens.Run) {
        #expect(sameBytes(tokenizer.decode(expected.tokens), expected.decoded))
    }

    @Test("an identifier outside the vocabulary reads as the unknown piece")
    func outside() {
        #expect(tokenizer.decode([-1]) == " \u{2047} ")
        #expect(tokenizer.decode([100_000]) == " \u{2047} ")
        #expect(tokenizer.piece(of: 100_000) == "<unk>")
        #expect(tokenizer.byteLength(of: 100_000) == 0)
    }
}
