/// The four operations of word problems.
package enum ArithmeticOperator: String, Codable, Sendable, CaseIterable {
    /// a + b.
    case add = "+"
    /// a − b.
    case subtract = "-"
    /// a · b.
    case multiply = "*"
    /// a / b.
    case divide = "/"

    /// How strongly it binds: 1 for sums, 2 for products.
    var strength: Int { self == .add || self == .subtract ? 1 : 2 }

    /// The result, or nil for a division that leaves a rest or divides by zero.
    package func apply(_ left: Int, _ right: Int) -> Int? {
        switch self {
        case .add: left + right
        case .subtract: left - right
        case .multiply: left * right
        case .divide: right != 0 && left % right == 0 ? left / right : nil
        }
    }
}
