/// The four operations of word problems.
package enum ArithmeticOperator: String, Codable, Sendable, CaseIterable {
    case add = "+"
    case subtract = "-"
    case multiply = "*"
    case divide = "/"

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

/// One worked step, such as `12 + 3 = 15`.
package struct Equation: Hashable, Sendable {
    /// The first number.
    package var left: Int
    /// What is done.
    package var operation: ArithmeticOperator
    /// The second number.
    package var right: Int
    /// What comes out.
    package var result: Int

    /// `12 + 3`.
    package var leftSide: String { "\(left) \(operation.rawValue) \(right)" }
    /// `12 + 3 = 15.`.
    package var sentence: String { "\(leftSide) = \(result)." }
}
