/// An expression of numbers, `+ - * /` and brackets, as in the solutions of word problems.
///
/// Numbers are kept as written, of any length; values are exact where they fit.
package indirect enum ArithmeticExpression: Hashable, Sendable {
    /// A number.
    case number(CanonicalNumber)
    /// The other sign of an expression.
    case negation(ArithmeticExpression)
    /// Two expressions joined by an operation.
    case operation(ArithmeticOperator, ArithmeticExpression, ArithmeticExpression)

    /// The exact value; nil for a division by zero or numbers that are too large.
    package var value: Rational? {
        switch self {
        case .number(let number): return Rational(number)
        case .negation(let inner): return inner.value?.negated
        case .operation(let operation, let left, let right):
            guard let a = left.value, let b = right.value else { return nil }
            switch operation {
            case .add: return a.adding(b)
            case .subtract: return b.negated.flatMap(a.adding)
            case .multiply: return a.multiplied(by: b)
            case .divide: return a.divided(by: b)
            }
        }
    }

    /// The value in floating point, for numbers of any size; nil after a division by zero
    /// and for a number that is itself a fraction, such as 2/3.
    package var floatingValue: Double? {
        switch self {
        case .number(let number): return Double(number.description)
        case .negation(let inner): return inner.floatingValue.map { -$0 }
        case .operation(let operation, let left, let right):
            guard let left = left.floatingValue, let right = right.floatingValue else {
                return nil
            }
            switch operation {
            case .add: return left + right
            case .subtract: return left - right
            case .multiply: return left * right
            case .divide: return right == 0 ? nil : left / right
            }
        }
    }

    /// How many operations on two operands it holds.
    package var operationCount: Int {
        switch self {
        case .number: return 0
        case .negation(let inner): return inner.operationCount
        case .operation(_, let left, let right):
            return 1 + left.operationCount + right.operationCount
        }
    }
}

extension ArithmeticExpression: CustomStringConvertible {
    /// The infix form with spaces and only the brackets that are needed: `(8 + 3) * 2`, and
    /// `8 + 3 - 2` for `8 + (3 - 2)`.
    package var description: String { text(keepsGroups: false) }

    /// The infix form with spaces and the groups as they were written: `8 + (3 - 2)`.
    package var groupedText: String { text(keepsGroups: true) }

    private func text(keepsGroups: Bool) -> String {
        switch self {
        case .number(let number):
            return number.description
        case .negation(let inner):
            let text = inner.text(keepsGroups: keepsGroups)
            if case .operation = inner { return "-(\(text))" }
            return "-\(text)"
        case .operation(let operation, let left, let right):
            let rightText = right.text(keepsGroups: keepsGroups)
            let leftText = left.text(keepsGroups: keepsGroups)
            let isSplit =
                keepsGroups
                ? right.strength == operation.strength : right.isSplit(behind: operation)
            return (left.isWeaker(than: operation) ? "(\(leftText))" : leftText)
                + " \(operation.rawValue) "
                + (right.isWeaker(than: operation) || isSplit ? "(\(rightText))" : rightText)
        }
    }

    /// How strongly its outermost operation binds; nil where there is none.
    private var strength: Int? {
        if case .operation(let operation, _, _) = self { operation.strength } else { nil }
    }

    private func isWeaker(than outer: ArithmeticOperator) -> Bool {
        strength.map { $0 < outer.strength } ?? false
    }

    /// Whether it needs its brackets as the right operand of an operation that binds as strongly:
    /// a - (b + c) does and a + (b - c) does not; the same with / and *.
    private func isSplit(behind outer: ArithmeticOperator) -> Bool {
        guard case .operation(let inner, _, _) = self, inner.strength == outer.strength else {
            return false
        }
        return outer == .subtract || outer == .divide || inner == .divide
    }
}
