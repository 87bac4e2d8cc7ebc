/// An expression of numbers, `+ - * /` and brackets.
package indirect enum ArithmeticExpression: Hashable, Sendable {
    /// A number in canonical form.
    case number(String)
    /// Two expressions joined by an operation.
    case operation(ArithmeticOperator, ArithmeticExpression, ArithmeticExpression)

    /// Reads an infix expression such as `(8+3) * 2`, with the usual precedence; nil when the text
    /// is anything else.
    ///
    /// `×`, `x` between numbers and `÷` stand for `*` and `/`. A sign before a number is part of
    /// it only where no number stands before.
    package init?(parsing text: String) {
        var parser = InfixParser(text)
        guard let expression = parser.sum(), parser.isAtEnd else { return nil }
        self = expression
    }

    /// Reads a prefix expression such as `- number0 number1`, where `number0` stands for the first
    /// of `numbers`; nil when it is malformed or names a number that is not there.
    package init?(prefix text: String, numbers: [String]) {
        var words = text.split(separator: " ")[...]
        guard let expression = Self.prefix(&words, numbers), words.isEmpty else { return nil }
        self = expression
    }

    /// The value, or nil after a division by zero.
    package var value: Double? {
        switch self {
        case .number(let text):
            return Double(text)
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
        case .number(let text):
            text
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

    private static func prefix(
        _ words: inout ArraySlice<Substring>,
        _ numbers: [String]
    ) -> ArithmeticExpression? {
        guard let word = words.popFirst() else { return nil }
        if let operation = ArithmeticOperator(rawValue: String(word)) {
            guard let left = prefix(&words, numbers), let right = prefix(&words, numbers) else {
                return nil
            }
            return .operation(operation, left, right)
        }
        if word.hasPrefix("number"), let place = Int(word.dropFirst(6)) {
            return numbers.indices.contains(place) ? .number(numbers[place]) : nil
        }
        return CanonicalNumber.canonical(String(word)).map { .number($0) }
    }
}

extension ArithmeticOperator {
    /// How strongly it binds: 1 for sums, 2 for products.
    var strength: Int { self == .add || self == .subtract ? 1 : 2 }
}

/// Reads infix expressions by recursive descent.
private struct InfixParser {
    private var rest: Substring
    /// Brackets deeper than any text of a person; stops a hostile row from exhausting the stack.
    private var depth = 0

    init(_ text: String) {
        rest = Substring(text.filter { !$0.isWhitespace })
    }

    var isAtEnd: Bool { rest.isEmpty }

    mutating func sum() -> ArithmeticExpression? {
        guard var left = product() else { return nil }
        while let operation = take([("+", .add), ("-", .subtract), ("\u{2212}", .subtract)]) {
            guard let right = product() else { return nil }
            left = .operation(operation, left, right)
        }
        return left
    }

    private mutating func product() -> ArithmeticExpression? {
        guard var left = factor() else { return nil }
        while let operation = take([
            ("*", .multiply), ("×", .multiply), ("x", .multiply), ("/", .divide), ("÷", .divide),
        ]) {
            guard let right = factor() else { return nil }
            left = .operation(operation, left, right)
        }
        return left
    }

    private mutating func factor() -> ArithmeticExpression? {
        if rest.first == "(" {
            depth += 1
            guard depth < 64 else { return nil }
            rest.removeFirst()
            guard let inner = sum(), rest.popFirst() == ")" else { return nil }
            depth -= 1
            return inner
        }
        var digits = ""
        if rest.first == "-" { digits.append(rest.removeFirst()) }
        if rest.first == "$" { rest.removeFirst() }
        let number = rest.prefix { $0.isNumber || $0 == "." || $0 == "," }
        rest = rest.dropFirst(number.count)
        return CanonicalNumber.canonical(digits + number).map { .number($0) }
    }

    private mutating func take(
        _ symbols: [(Character, ArithmeticOperator)]
    ) -> ArithmeticOperator? {
        guard let found = symbols.first(where: { $0.0 == rest.first }) else { return nil }
        rest.removeFirst()
        return found.1
    }
}
