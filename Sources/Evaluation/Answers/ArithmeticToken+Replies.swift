import Arithmetic
import Datasets

extension ArithmeticExpression {
    /// Reads a text of a reply or of its gold that is one expression and nothing else, such as
    /// `(12 + 3) * 4`; units and currency signs vanish.
    package init?(lenient text: String) {
        let folded = FoldedText(text)
        self.init(tokens: Self.tokens(of: folded, in: 0..<folded.bytes.count)[...])
    }

    /// Splits a part of a text; spaces, currency signs and units (`4 houses * 3 gnomes`) vanish.
    static func tokens(of text: FoldedText, in range: Range<Int>) -> [ArithmeticToken] {
        var tokens: [ArithmeticToken] = []
        var index = range.lowerBound
        while index < range.upperBound {
            let byte = text.bytes[index]
            if let numeral = text.numeral(at: index), numeral.end <= range.upperBound {
                // A number that does not fit has no exact value to compare.
                let fits = Rational(numeral) != nil
                tokens.append(fits ? .number(CanonicalNumber(numeral)) : .foreign)
                index = numeral.end
                continue
            }
            if tokens.last?.endsOperand == true,
                let end = text.endOfUnit(at: index, before: range.upperBound)
            {
                index = end
                continue
            }
            let next = index + 1 < range.upperBound ? text.bytes[index + 1] : UInt8(ascii: " ")
            switch byte {
            case UInt8(ascii: "$"),
                _ where FoldedText.isBlank(byte):
                break
            case UInt8(ascii: "("): tokens.append(.open)
            case UInt8(ascii: ")"): tokens.append(.close)
            case UInt8(ascii: "x"), UInt8(ascii: "X"):
                // A letter x multiplies only between operands: "12 x 2", not "box 2".
                let multiplies = tokens.last?.endsOperand == true
                tokens.append(multiplies ? .sign(.multiply, touchesNext: false) : .foreign)
            default:
                let sign = ArithmeticOperator(rawValue: String(decoding: [byte], as: UTF8.self))
                let touches = !FoldedText.isSpace(next)
                tokens.append(sign.map { .sign($0, touchesNext: touches) } ?? .foreign)
            }
            index += 1
        }
        return tokens
    }
}

extension FoldedText {
    /// Where the unit that begins at `start`, right after an operand, ends; `nil` when there is
    /// none.
    ///
    /// A unit is words and what they are counted per (`60 dollars/painting`), up to a sign, a
    /// closing parenthesis or the end. Words up to another number are running text, a single letter
    /// that touches its number is a variable (`5p`), and `x` alone multiplies.
    fileprivate func endOfUnit(at start: Int, before limit: Int) -> Int? {
        func isLetter(_ index: Int) -> Bool { index < limit && Self.isLetter(bytes[index]) }
        func isSpace(_ index: Int) -> Bool { index >= limit || Self.isSpace(bytes[index]) }
        func isTimes(_ index: Int) -> Bool {
            index < limit && bytes[index] | 0x20 == UInt8(ascii: "x") && !isLetter(index + 1)
                && !Self.isLetter(bytes[index - 1])
        }
        let isPer = bytes[start] == UInt8(ascii: "/") && isLetter(start + 1)
        guard start > 0, isPer || isLetter(start), !isTimes(start), !isPer || !isTimes(start + 1)
        else { return nil }
        if !isPer, !Self.isSpace(bytes[start - 1]), !isLetter(start + 1) { return nil }
        var index = start
        while index < limit, !isTimes(index) {
            let joinsWords = bytes[index] == UInt8(ascii: "/") && isLetter(index + 1)
            guard isLetter(index) || isSpace(index) || joinsWords else { break }
            index += 1
        }
        let signs = Array("+-*/)".utf8)
        return index == limit || isTimes(index) || signs.contains(bytes[index]) ? index : nil
    }
}
