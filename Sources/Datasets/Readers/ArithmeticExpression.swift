/// An expression of numbers, `+ - * /` and brackets.
package indirect enum ArithmeticExpression: Hashable, Sendable {
    /// A number that is no fraction.
    case number(CanonicalNumber)
    /// Two expressions joined by an operation.
    case operation(ArithmeticOperator, ArithmeticExpression, ArithmeticExpression)

    /// The most numbers and operations of one expression: far beyond any problem for a person, and
    /// little enough that walking through it never exhausts the stack.
    private static let longest = 512

    /// Reads an infix expression such as `(8+3) * 2`, with the usual precedence; nil when the text
    /// is anything else.
    ///
    /// `×`, `x` between numbers and `÷` stand for `*` and `/`. A sign before a number is part of
    /// it only where no number stands before.
    package init?(parsing text: String) {
        var parser = InfixParser(text, longest: Self.longest)
        guard let expression = parser.sum(), parser.isAtEnd else { return nil }
        self = expression
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

    /// The value, or nil after a division by zero.
    package var value: Double? {
        switch self {
        case .number(let number):
            return Double(number.description)
        case .operation(let operation, let left, let right):
            guard let left = left.value, let right = right.value else { return nil }
            switch operation {
            case .add: return left + right
            case .subtract: return left - right
            case .multiply: return left * right
            case .divide: return right == 0 ? nil : left / right
            }
        }
    }

    /// Whether it is more than a number.
    package var hasOperation: Bool {
        if case .operation = self { true } else { false }
    }

    /// The infix form with spaces and only the brackets that are needed: `(8 + 3) * 2`.
    package var text: String {
        switch self {
        case .number(let number):
            number.description
        case .operation(let operation, let left, let right):
            "\(left.bracketed(in: operation, isRight: false)) \(operation.rawValue) "
                + right.bracketed(in: operation, isRight: true)
        }
    }

    private func bracketed(in outer: ArithmeticOperator, isRight: Bool) -> String {
        guard case .operation(let inner, _, _) = self else { return text }
        let isWeaker = inner.strength < outer.strength
        // a - (b + c) needs its brackets and a + (b - c) does not; the same with / and *.
        let isSplit =
            isRight && inner.strength == outer.strength
            && (outer == .subtract || outer == .divide || inner == .divide)
        return isWeaker || isSplit ? "(\(text))" : text
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

extension ArithmeticOperator {
    /// How strongly it binds: 1 for sums, 2 for products.
    var strength: Int { self == .add || self == .subtract ? 1 : 2 }
}

/// Reads infix expressions by recursive descent.
private struct InfixParser {
    private let text: FoldedText
    private let longest: Int
    private var place = 0
    /// Brackets deeper than any text of a person; stops a hostile row from exhausting the stack.
    private var depth = 0
    private var numberCount = 0

    init(_ text: String, longest: Int) {
        var folded = FoldedText(text)
        folded.bytes.removeAll(where: FoldedText.isBlank)
        self.text = folded
        self.longest = longest
    }

    var isAtEnd: Bool { place == text.bytes.count }

    mutating func sum() -> ArithmeticExpression? {
        guard var left = product() else { return nil }
        while let operation = take([("+", .add), ("-", .subtract)]) {
            guard let right = product() else { return nil }
            left = .operation(operation, left, right)
        }
        return left
    }

    private mutating func product() -> ArithmeticExpression? {
        guard var left = factor() else { return nil }
        while let operation = take([("*", .multiply), ("x", .multiply), ("/", .divide)]) {
            guard let right = factor() else { return nil }
            left = .operation(operation, left, right)
        }
        return left
    }

    private mutating func factor() -> ArithmeticExpression? {
        if take("(") {
            depth += 1
            guard depth < 64, let inner = sum(), take(")") else { return nil }
            depth -= 1
            return inner
        }
        let isNegative = take("-")
        _ = take("$")
        numberCount += 1
        guard numberCount <= longest, let numeral = text.numeral(at: place) else { return nil }
        place = numeral.end
        // A point that nothing follows ends a sentence.
        _ = take(".")
        let number = CanonicalNumber(numeral)
        return .number(isNegative ? number.negated : number)
    }

    private mutating func take(
        _ symbols: [(Unicode.Scalar, ArithmeticOperator)]
    ) -> ArithmeticOperator? {
        for (symbol, operation) in symbols where take(symbol) { return operation }
        return nil
    }

    private mutating func take(_ symbol: Unicode.Scalar) -> Bool {
        guard text.bytes.indices.contains(place), text.bytes[place] == UInt8(ascii: symbol) else {
            return false
        }
        place += 1
        return true
    }
}
