/// A part of an expression as it stands in a text.
package enum ArithmeticToken: Hashable, Sendable {
    /// A number.
    case number(CanonicalNumber)
    /// An operation; a minus that touches what follows can be the sign of an operand.
    case sign(ArithmeticOperator, touchesNext: Bool)
    /// An opening bracket.
    case open
    /// A closing bracket.
    case close
    /// Anything that cannot stand in an expression.
    case foreign

    /// Whether an operand ends here.
    package var endsOperand: Bool {
        switch self {
        case .number, .close: true
        default: false
        }
    }
}

extension ArithmeticExpression {
    /// The most numbers of one expression: far beyond any problem for a person, and little enough
    /// that walking through it never exhausts the stack.
    static let longest = 512

    /// Reads tokens that are one expression and nothing else; nil for anything else, for more than
    /// 512 numbers and for operands nested 64 deep.
    package init?(tokens: ArraySlice<ArithmeticToken>) {
        guard !tokens.contains(.foreign) else { return nil }
        var parser = ArithmeticParser(tokens: tokens)
        guard let expression = parser.sum(), parser.isAtEnd else { return nil }
        self = expression
    }

    /// Reads an infix expression of a data set such as `(8+3) * 2`; nil when the text is anything
    /// else.
    ///
    /// `×`, `x` between numbers and `÷` stand for `*` and `/`. A sign before a number is part of
    /// it only where no number stands before.
    package init?(parsing text: String) {
        var folded = FoldedText(text)
        folded.bytes.removeAll(where: FoldedText.isBlank)
        self.init(tokens: folded.strictTokens[...])
    }

    /// Reads a prefix expression such as `- number0 number1`, where `number0` stands for the first
    /// of `numbers`; nil when it is malformed or names a number that is not there.
    package init?(prefix text: String, numbers: [CanonicalNumber]) {
        var words = text.split(separator: " ")[...]
        guard words.count <= Self.longest, let expression = Self.prefix(&words, numbers),
            words.isEmpty
        else { return nil }
        self = expression
    }

    /// A number, or the division that a fraction stands for.
    private init?(_ number: CanonicalNumber) {
        let parts = number.description.split(separator: "/")
        guard parts.count == 2, let above = CanonicalNumber(parts[0]),
            let below = CanonicalNumber(parts[1])
        else {
            self = .number(number)
            return
        }
        self = .operation(.divide, .number(above), .number(below))
    }

    private static func prefix(
        _ words: inout ArraySlice<Substring>,
        _ numbers: [CanonicalNumber]
    ) -> ArithmeticExpression? {
        guard let word = words.popFirst() else { return nil }
        if let operation = ArithmeticOperator(rawValue: String(word)) {
            guard let left = prefix(&words, numbers), let right = prefix(&words, numbers) else {
                return nil
            }
            return .operation(operation, left, right)
        }
        if word.hasPrefix("number"), let place = Int(word.dropFirst(6)) {
            return numbers.indices.contains(place) ? Self(numbers[place]) : nil
        }
        return CanonicalNumber(word).flatMap(Self.init)
    }
}

extension FoldedText {
    /// The tokens of an expression of a data set that has no blanks.
    ///
    /// Signs of numbers belong to them; a currency sign before a number and a point that ends a
    /// sentence vanish. The first foreign token is the last one.
    fileprivate var strictTokens: [ArithmeticToken] {
        var tokens: [ArithmeticToken] = []
        var place = 0
        while place < bytes.count {
            if tokens.last?.endsOperand != true, let operand = signedNumber(at: place) {
                tokens.append(.number(operand.number))
                place = operand.end
                continue
            }
            tokens.append(strictToken(at: place, after: tokens.last))
            guard tokens.last != .foreign else { return tokens }
            place += 1
        }
        return tokens
    }

    /// The token of one byte.
    private func strictToken(at place: Int, after last: ArithmeticToken?) -> ArithmeticToken {
        switch bytes[place] {
        case UInt8(ascii: "("): return .open
        case UInt8(ascii: ")"): return .close
        case UInt8(ascii: "x"): return .sign(.multiply, touchesNext: false)
        default:
            let text = String(decoding: [bytes[place]], as: UTF8.self)
            // Signs of numbers belong to their tokens, so that none touches what follows.
            return ArithmeticOperator(rawValue: text).map { .sign($0, touchesNext: false) }
                ?? .foreign
        }
    }

    /// A number with an optional minus and an optional currency sign before it.
    private func signedNumber(at start: Int) -> (number: CanonicalNumber, end: Int)? {
        let isNegative = has(UInt8(ascii: "-"), at: start)
        var place = start + (isNegative ? 1 : 0)
        if has(UInt8(ascii: "$"), at: place) { place += 1 }
        guard let numeral = numeral(at: place) else { return nil }
        let number = CanonicalNumber(numeral)
        // A point that nothing follows ends a sentence.
        let end = has(UInt8(ascii: "."), at: numeral.end) ? numeral.end + 1 : numeral.end
        return (isNegative ? number.negated : number, end)
    }
}

/// Recursive descent with bounds on depth and length: texts come from models and from strangers.
private struct ArithmeticParser {
    private static let depthLimit = 64
    private var tokens: ArraySlice<ArithmeticToken>
    private var depth = 0
    private var numberCount = 0

    init(tokens: ArraySlice<ArithmeticToken>) { self.tokens = tokens }

    var isAtEnd: Bool { tokens.isEmpty }

    mutating func sum() -> ArithmeticExpression? {
        guard var left = product() else { return nil }
        while let operation = takeSign(ofStrength: 1) {
            guard let right = product() else { return nil }
            left = .operation(operation, left, right)
        }
        return left
    }

    private mutating func product() -> ArithmeticExpression? {
        guard var left = operand() else { return nil }
        while let operation = takeSign(ofStrength: 2) {
            guard let right = operand() else { return nil }
            left = .operation(operation, left, right)
        }
        return left
    }

    private mutating func takeSign(ofStrength strength: Int) -> ArithmeticOperator? {
        guard case .sign(let operation, _) = tokens.first, operation.strength == strength else {
            return nil
        }
        tokens.removeFirst()
        return operation
    }

    private mutating func operand() -> ArithmeticExpression? {
        guard depth < Self.depthLimit, let token = tokens.popFirst() else { return nil }
        depth += 1
        defer { depth -= 1 }
        switch token {
        case .number(let number):
            numberCount += 1
            return numberCount <= ArithmeticExpression.longest ? .number(number) : nil
        case .sign(.subtract, touchesNext: true):
            return operand().map(ArithmeticExpression.negation)
        case .open:
            guard let inner = sum(), tokens.popFirst() == .close else { return nil }
            return inner
        default: return nil
        }
    }
}
