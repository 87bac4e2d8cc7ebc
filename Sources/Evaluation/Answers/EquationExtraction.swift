import Arithmetic
import Datasets

/// An equation that a reply states: what was to be computed, and the result that was written.
package struct StatedEquation: Hashable, Sendable {
    /// The expression before `=`.
    package var leftSide: ArithmeticExpression
    /// The number after `=`, when there is one; not necessarily the right one.
    package var writtenResult: Rational?
}

/// Finds the equations of a worked solution.
package enum EquationExtraction {
    /// How far before `=` a left side may begin, in characters.
    private static let window = 256

    /// The equations of a reply, in order.
    ///
    /// The left side of an `=` is the longest expression with at least one operation that ends
    /// there: `12 + 3` in `Then 12 + 3 = 15`. What follows `####` is the answer, not a step. When
    /// the reply holds annotations of GSM8K's form, `<<48/2=24>>`, they alone count, because the
    /// running text says the same again.
    package static func equations(in reply: String) -> [StatedEquation] {
        var text = FoldedText(reply)
        if let end = firstOccurrence(of: "####", in: text.bytes[...]) {
            text.bytes.removeSubrange(end...)
        }
        let annotations = annotationRanges(in: text)
        let ranges = annotations.isEmpty ? [0..<text.bytes.count] : annotations
        var equations: [StatedEquation] = []
        for range in ranges {
            for sign in range where text.bytes[sign] == UInt8(ascii: "=") {
                guard let left = leftSide(of: text, before: sign, notBefore: range.lowerBound)
                else { continue }
                let result = writtenResult(of: text, after: sign, before: range.upperBound)
                equations.append(StatedEquation(leftSide: left, writtenResult: result))
            }
        }
        return equations
    }

    /// The expression that ends right before `sign`, with at least one operation.
    static func leftSide(of text: FoldedText, before sign: Int, notBefore limit: Int = 0)
        -> ArithmeticExpression?
    {
        var start = sign
        while start > max(limit, sign - window), text.bytes[start - 1] != UInt8(ascii: "=") {
            start -= 1
        }
        // Beginning inside a number would cut it.
        while start < sign, start > 0, text.isDigit(at: start - 1), text.isDigit(at: start) {
            start += 1
        }
        let tokens = ArithmeticExpression.tokens(of: text, in: start..<sign)
        let first = tokens.lastIndex(of: .foreign).map { $0 + 1 } ?? 0
        for index in first..<tokens.count {
            guard let expression = ArithmeticExpression(tokens: tokens[index...]) else { continue }
            return expression.operationCount > 0 ? expression : nil
        }
        return nil
    }

    private static func writtenResult(of text: FoldedText, after sign: Int, before limit: Int)
        -> Rational?
    {
        var index = sign + 1
        var negative = false
        while index < limit {
            switch text.bytes[index] {
            case UInt8(ascii: "$"), UInt8(ascii: "+"),
                _ where FoldedText.isBlank(text.bytes[index]):
                break
            case UInt8(ascii: "-"): negative = true
            default:
                guard let value = text.numeral(at: index).flatMap(Rational.init) else { return nil }
                return negative ? value.negated : value
            }
            index += 1
        }
        return nil
    }

    private static func annotationRanges(in text: FoldedText) -> [Range<Int>] {
        var ranges: [Range<Int>] = []
        var rest = text.bytes[...]
        while let open = firstOccurrence(of: "<<", in: rest),
            let close = firstOccurrence(of: ">>", in: rest[(open + 2)...])
        {
            ranges.append(open + 2..<close)
            rest = rest[(close + 2)...]
        }
        return ranges
    }

    static func firstOccurrence(of pattern: String, in bytes: ArraySlice<UInt8>) -> Int? {
        bytes.indices.first { bytes[$0...].starts(with: pattern.utf8) }
    }
}
