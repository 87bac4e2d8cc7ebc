extension ArithmeticExpression {
    /// A text that is equal for expressions which differ only by the order or the grouping of the
    /// terms of a sum and of the factors of a product.
    ///
    /// A sum is the sorted list of its signed terms and a product that of its factors and divisors:
    /// `3 + 12` is `12 + 3` and `100 - (50 + 30)` is `100 - 30 - 50`, but `10 - 18` is not
    /// `18 - 10`.
    package var canonicalForm: String {
        switch self {
        case .number(let value):
            return value.description
        case .negation, .operation(.add, _, _), .operation(.subtract, _, _):
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
        case .operation(.add, let left, let right):
            left.collectTerms(negative: negative, into: &terms)
            right.collectTerms(negative: negative, into: &terms)
        case .operation(.subtract, let left, let right):
            left.collectTerms(negative: negative, into: &terms)
            right.collectTerms(negative: !negative, into: &terms)
        default:
            terms.append((negative ? "-" : "+") + canonicalForm)
        }
    }

    private func collectFactors(inverse: Bool, into factors: inout [String]) {
        switch self {
        case .operation(.multiply, let left, let right):
            left.collectFactors(inverse: inverse, into: &factors)
            right.collectFactors(inverse: inverse, into: &factors)
        case .operation(.divide, let left, let right):
            left.collectFactors(inverse: inverse, into: &factors)
            right.collectFactors(inverse: !inverse, into: &factors)
        default:
            factors.append((inverse ? "/" : "*") + canonicalForm)
        }
    }

    /// The expression with each number replaced by what `replacement` returns for it, if anything.
    package func replacingNumbers(
        _ replacement: (Rational) -> ArithmeticExpression?
    ) -> ArithmeticExpression {
        switch self {
        case .number(let value): return Rational(value).flatMap(replacement) ?? self
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
