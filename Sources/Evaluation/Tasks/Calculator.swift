import Arithmetic
import Datasets
import Tokenization

/// Fills in results while a model writes: calculator-assisted decoding.
///
/// GSM8K's authors evaluate the left side when the model has written `=` inside an annotation, and
/// force the result (openai/grade-school-math, `calculator.py`). Here the same happens after the
/// `=` of any equation, and inside an annotation `<<48/2=` the closing `>>` is forced too, as
/// theirs. The result follows the equation's spacing: `12 + 3 =` goes on with ` 15`, `48/2=` with
/// `24`. Nothing is forced when the left side is no expression, divides by zero, or has no finite
/// decimal form.
package struct Calculator: Sendable {
    private let tokenizer: Tokenizer

    /// A calculator for replies in the tokens of `tokenizer`.
    package init(tokenizer: Tokenizer) { self.tokenizer = tokenizer }

    /// The tokens that come next because of what was written; empty when the model goes on itself.
    ///
    /// What was written is looked at as text, since a tokenizer may join signs and digits in one
    /// piece: `<<`, `2=`, `=24`, `>>`.
    ///
    /// - Parameter tokens: What the reply holds so far.
    /// - Returns: The tokens of the result after an equals sign, else none.
    package func forcedTokens(after tokens: [Int32]) -> [Int32] {
        // Decoding the whole reply at every token would cost its square.
        guard let last = tokens.last, tokenizer.decode([last]).hasSuffix("=") else { return [] }
        let text = tokenizer.decode(tokens)
        guard let result = Self.continuation(of: text) else { return [] }
        return continuation(of: tokens, text, by: result)
    }

    /// The tokens that add a result to a reply, the same as in training where the pieces allow it.
    private func continuation(of tokens: [Int32], _ text: String, by result: String) -> [Int32] {
        // Only the tokens after the sign count: the tokens before it are the model's own. Behind a
        // sign with which no piece joins the result, its tokens are those of a whole text; a
        // tokenizer that joins the sign and a digit in one piece has such a border elsewhere.
        for border in ["=", " =", ":", "\n", "a"] {
            let before = tokenizer.encode(border)
            let continued = tokenizer.encode(border + result)
            guard continued.starts(with: before) else { continue }
            let added = Array(continued[before.count...])
            if tokenizer.decode(tokens + added) == text + result { return added }
        }
        let alone = tokenizer.encode(result)
        return tokenizer.decode(tokens + alone) == text + result ? alone : []
    }

    /// What follows a text that ends with `=`; `nil` when it ends otherwise or has no result.
    static func continuation(of text: String) -> String? {
        let folded = FoldedText(text)
        let end = folded.bytes.count - 1
        guard end > 0, folded.bytes[end] == UInt8(ascii: "="),
            let left = EquationExtraction.leftSide(of: folded, before: end),
            let result = left.value?.decimalText
        else { return nil }
        let spaced = FoldedText.isSpace(folded.bytes[end - 1])
        return (spaced ? " " : "") + result + (isInsideAnnotation(text) ? ">>" : "")
    }

    private static func isInsideAnnotation(_ text: String) -> Bool {
        guard let open = text.ranges(of: "<<").last else { return false }
        return !text[open.upperBound...].contains(">>")
    }
}
