import Datasets

extension Expression {
    /// A part of an expression as it stands in a text.
    enum Token: Equatable {
        case number(Rational)
        /// `touchesNext`: no space follows, which distinguishes the minus of `-4` from that of a list item.
        case sign(Operator, touchesNext: Bool)
        case open
        case close
        /// Anything that cannot stand in an expression.
        case foreign
    }

    /// Reads a text that is one expression and nothing else, such as `(12 + 3) * 4`.
    package init?(_ text: String) {
        let folded = FoldedText(text)
        self.init(tokens: Self.tokens(of: folded, in: 0..<folded.bytes.count)[...])
    }

    init?(tokens: ArraySlice<Token>) {
        guard !tokens.contains(.foreign) else { return nil }
        var parser = Parser(tokens: tokens)
        guard let expression = parser.sum(), parser.isAtEnd else { return nil }
        self = expression
    }

    /// Splits a part of a text; spaces, currency signs and units (`4 houses * 3 gnomes`) vanish.
    static func tokens(of text: FoldedText, in range: Range<Int>) -> [Token] {
        var tokens: [Token] = []
        var index = range.lowerBound
        while index < range.upperBound {
            let byte = text.bytes[index]
            if let numeral = text.numeral(at: index), numeral.end <= range.upperBound {
                tokens.append(Rational(numeral).map(Token.number) ?? .foreign)
                index = numeral.end
                continue
            }
            if isOperandEnd(tokens.last),
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
                let multiplies = isOperandEnd(tokens.last)
                tokens.append(multiplies ? .sign(.times, touchesNext: false) : .foreign)
            default:
                let sign = Operator(rawValue: String(decoding: [byte], as: UTF8.self))
                let touches = !FoldedText.isSpace(next)
                tokens.append(sign.map { .sign($0, touchesNext: touches) } ?? .foreign)
            }
            index += 1
        }
        return tokens
    }

    private static func isOperandEnd(_ token: Token?) -> Bool {
        switch token {
        case .number, .close: return true
        default: return false
        }
    }
}

extension FoldedText {
    /// Where the unit that begins at `start`, right after an operand, ends; `nil` when there is none.
    ///
    /// A unit is words and what they are counted per (`60 dollars/painting`), up to a sign, a closing
    /// parenthesis or the end. Words up to another number are running text, a single letter that
    /// touches its number is a variable (`5p`), and `x` alone multiplies.
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

/// Recursive descent with a bound on its depth: the text comes from a model.
private struct Parser {
    private static let depthLimit = 64
    private var tokens: ArraySlice<Expression.Token>
    private var depth = 0

    init(tokens: ArraySlice<Expression.Token>) { self.tokens = tokens }

    var isAtEnd: Bool { tokens.isEmpty }

    mutating func sum() -> Expression? {
        guard var left = product() else { return nil }
        while case .sign(let sign, _) = tokens.first, sign == .plus || sign == .minus {
            tokens.removeFirst()
            guard let right = product() else { return nil }
            left = .operation(sign, left, right)
        }
        return left
    }

    private mutating func product() -> Expression? {
        guard var left = operand() else { return nil }
        while case .sign(let sign, _) = tokens.first, sign == .times || sign == .dividedBy {
            tokens.removeFirst()
            guard let right = operand() else { return nil }
            left = .operation(sign, left, right)
        }
        return left
    }

    private mutating func operand() -> Expression? {
        guard depth < Self.depthLimit, let token = tokens.popFirst() else { return nil }
        depth += 1
        defer { depth -= 1 }
        switch token {
        case .number(let value): return .number(value)
        case .sign(.minus, touchesNext: true): return operand().map(Expression.negation)
        case .open:
            guard let inner = sum(), tokens.popFirst() == .close else { return nil }
            return inner
        default: return nil
        }
    }
}
