import Datasets

/// An arithmetic expression over exact numbers.
package indirect enum Expression: Hashable, Sendable {
    /// A number as written.
    case number(Rational)
    /// The other sign of an expression.
    case negation(Expression)
    /// An operation on two expressions.
    case operation(Operator, Expression, Expression)

    /// The four operations of school arithmetic.
    package enum Operator: String, Hashable, Sendable {
        /// a + b.
        case plus = "+"
        /// a − b.
        case minus = "-"
        /// a · b.
        case times = "*"
        /// a / b.
        case dividedBy = "/"
    }

    /// The exact value; `nil` for a division by zero or numbers that are too large.
    package var value: Rational? {
        switch self {
        case .number(let value): return value
        case .negation(let inner): return inner.value?.negated
        case .operation(let sign, let left, let right):
            guard let a = left.value, let b = right.value else { return nil }
            switch sign {
            case .plus: return a.adding(b)
            case .minus: return b.negated.flatMap(a.adding)
            case .times: return a.multiplied(by: b)
            case .dividedBy: return a.divided(by: b)
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

    /// A text that is equal for expressions which differ only by the order or the grouping of the
    /// terms of a sum and of the factors of a product.
    ///
    /// A sum is the sorted list of its signed terms and a product that of its factors and divisors:
    /// `3 + 12` is `12 + 3` and `100 - (50 + 30)` is `100 - 30 - 50`, but `10 - 18` is not `18 - 10`.
    package var canonicalForm: String {
        switch self {
        case .number(let value):
            return value.decimalText ?? "\(value.numerator)/\(value.denominator)"
        case .negation, .operation(.plus, _, _), .operation(.minus, _, _):
            var terms: [String] = []
            collectTerms(negative: false, into: &terms)
            return "sum(" + terms.sorted().joined(separator: " ") + ")"
        case .operation:
            var factors: [String] = []
            collectFactors(inverse: false, into: &factors)
            return "product(" + factors.sorted().joined(separator: " ") + ")"
        }
    }

    private func collectTerms(negative: Bool, into terms: inout [String]) {
        switch self {
        case .negation(let inner):
            inner.collectTerms(negative: !negative, into: &terms)
        case .operation(.plus, let left, let right):
            left.collectTerms(negative: negative, into: &terms)
            right.collectTerms(negative: negative, into: &terms)
        case .operation(.minus, let left, let right):
            left.collectTerms(negative: negative, into: &terms)
            right.collectTerms(negative: !negative, into: &terms)
        default:
            terms.append((negative ? "-" : "+") + canonicalForm)
        }
    }

    private func collectFactors(inverse: Bool, into factors: inout [String]) {
        switch self {
        case .operation(.times, let left, let right):
            left.collectFactors(inverse: inverse, into: &factors)
            right.collectFactors(inverse: inverse, into: &factors)
        case .operation(.dividedBy, let left, let right):
            left.collectFactors(inverse: inverse, into: &factors)
            right.collectFactors(inverse: !inverse, into: &factors)
        default:
            factors.append((inverse ? "/" : "*") + canonicalForm)
        }
    }

    /// The expression with each number replaced by what `replacement` returns for it, if anything.
    func replacingNumbers(_ replacement: (Rational) -> Expression?) -> Expression {
        switch self {
        case .number(let value): return replacement(value) ?? self
        case .negation(let inner): return .negation(inner.replacingNumbers(replacement))
        case .operation(let sign, let left, let right):
            return .operation(
                sign,
                left.replacingNumbers(replacement),
                right.replacingNumbers(replacement)
            )
        }
    }
}

extension Expression: CustomStringConvertible {
    /// The expression in infix form with single spaces, such as `12 + 3`.
    package var description: String {
        switch self {
        case .number(let value):
            return value.decimalText ?? "\(value.numerator)/\(value.denominator)"
        case .negation(let inner): return "-" + inner.enclosed
        case .operation(let sign, let left, let right):
            // Operations of one rank group to the left, so only the right side needs them there.
            let leftText = left.rank >= rank ? left.description : left.enclosed
            let rightText = right.rank > rank ? right.description : right.enclosed
            return "\(leftText) \(sign.rawValue) \(rightText)"
        }
    }

    private var rank: Int {
        switch self {
        case .operation(.plus, _, _), .operation(.minus, _, _): return 1
        case .operation: return 2
        case .negation, .number: return 3
        }
    }

    private var enclosed: String { rank == 3 ? description : "(\(description))" }
}
