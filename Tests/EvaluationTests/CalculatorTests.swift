import Evaluation
import Testing
import Tokenization

@Suite("Calculator")
struct CalculatorTests {
    let tokenizer: Tokenizer

    init() throws { tokenizer = try Fixture.tokenizer() }

    @Test(
        "The result is filled in after the equals sign",
        arguments: [
            ("12 + 3 =", " 15"), ("48/2=", "24"), ("Then 23 - 9 =", " 14"), ("3 - 9 =", " -6"),
            ("1 / 8 =", " 0.125"), ("2 * 3 =", " 6"), ("12 + 3 = 15. 15 - 4 =", " 11"),
            ("a <<48/2=", "24>>"), ("<<48/2=24>>24. 24+48=", "72"), ("<<1 + 1 =", " 2>>"),
        ]
    )
    func filled(_ text: String, _ expected: String) {
        let tokens = tokenizer.encode(text)
        let forced = Calculator(tokenizer: tokenizer).forcedTokens(after: tokens)
        #expect(tokenizer.decode(tokens + forced) == text + expected)
        // The tokens are those that the same text has in training.
        #expect(tokens + forced == tokenizer.encode(text + expected))
    }

    @Test(
        "Nothing is filled in",
        arguments: [
            "", "=", "12 + 3", "12 + 3 = 15", "12 =", "x =", "1 / 0 =", "1 / 3 =", "12 + =",
            "12 + 3 ==", "99999999999999999999 + 1 =", "9999999999 * 9999999999 =",
        ]
    )
    func nothing(_ text: String) {
        let calculator = Calculator(tokenizer: tokenizer)
        #expect(calculator.forcedTokens(after: tokenizer.encode(text)).isEmpty)
    }
}

@Suite("Calculator where a piece joins digits and signs")
struct JoinedPiecesCalculatorTests {
    /// A tokenizer of byte pairs whose pieces join what stands often side by side.
    private func joining() throws -> Tokenizer {
        let numbers = [(48, 2), (12, 3), (24, 8), (48, 12)]
        let sentences = (0..<50).flatMap { _ in
            numbers.flatMap { first, second in
                [
                    "a <<\(first)/\(second)=\(first / second)>>\(first / second) b",
                    "\(first) + \(second) = \(first + second).", "x =15 y =24 z=24>> w",
                ]
            }
        }
        var options = TokenizerTrainingOptions(vocabularySize: 370, characterCoverage: 1)
        options.modelType = .bpe
        options.splitsDigits = false
        return try Tokenizer(model: TokenizerTrainer.train(sentences: sentences, options: options))
    }

    @Test(
        "The result is filled in as text, whatever the pieces are",
        arguments: [
            ("12 + 3 =", " 15"), ("48/2=", "24"), ("a <<48/2=", "24>>"), ("a <<48/12=", "4>>"),
            ("<<48/2=24>>24. 24+48=", "72"), ("Then 12 - 3 =", " 9"),
        ]
    )
    func filled(_ text: String, _ expected: String) throws {
        let tokenizer = try joining()
        let tokens = tokenizer.encode(text)
        // The border that the fast rule needs is not there.
        #expect(!tokenizer.encode("=24").starts(with: tokenizer.encode("=")))
        let forced = Calculator(tokenizer: tokenizer).forcedTokens(after: tokens)
        #expect(tokenizer.decode(tokens + forced) == text + expected)
    }
}
