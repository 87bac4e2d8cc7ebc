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
