import Arithmetic

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
