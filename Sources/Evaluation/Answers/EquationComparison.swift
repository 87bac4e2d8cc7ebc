import Arithmetic
import Datasets

/// Decides whether a reply computes what the problem asks for, whatever results it writes.
///
/// This separates understanding from arithmetic: `23 - 9 = 13` is right here and wrong by its
/// answer. The gold equations are left sides in order (`["12 + 3", "15 - 4"]`), each with an
/// optional `= result`. A reply is right in either of two cases.
///
/// 1. **The same steps in order.** Its first equations are the gold ones, one for one. Operands of
///    sums and products may change places (`ArithmeticExpression.canonicalForm`). A result that the
///    reply got wrong may be carried on: after `12 + 3 = 16` the step `16 - 4` is taken for
///    `15 - 4`.
/// 2. **The same expression in other steps.** Steps are joined by writing each left side in place
///    of its result, `4 + 5 = 9. 9 - 3 = 6` becoming `(4 + 5) - 3`. As many first equations of the
///    reply are joined as hold the gold's number of operations; every step but the last must be
///    used.
///
/// So for a problem of one operation the first equation of the reply decides. Equations after the
/// last one needed are not looked at.
package enum EquationComparison {
    /// Whether the reply's equations are the gold ones; `nil` when the gold has none or they
    /// cannot be read.
    package static func isCorrect(reply: String, gold: [String]) -> Bool? {
        guard let goldSteps = steps(ofGold: gold) else { return nil }
        let stated = EquationExtraction.equations(in: reply)
        return hasSameSteps(stated, goldSteps) || isSameExpression(stated, goldSteps)
    }

    /// The gold equations as steps; `nil` when there are none or one of them cannot be read.
    package static func steps(ofGold gold: [String]) -> [StatedEquation]? {
        guard !gold.isEmpty else { return nil }
        var steps: [StatedEquation] = []
        for text in gold {
            let sides = text.split(separator: "=", maxSplits: 1)
            guard let left = sides.first.flatMap({ ArithmeticExpression(lenient: String($0)) }),
                left.operationCount > 0
            else { return nil }
            let result =
                sides.count > 1 ? ArithmeticExpression(lenient: String(sides[1]))?.value : nil
            steps.append(StatedEquation(leftSide: left, writtenResult: result ?? left.value))
        }
        return steps
    }

    private static func hasSameSteps(_ reply: [StatedEquation], _ gold: [StatedEquation]) -> Bool {
        guard reply.count >= gold.count else { return false }
        var carried: [Rational: Rational] = [:]
        for (stated, expected) in zip(reply, gold) {
            let form = expected.leftSide.canonicalForm
            let corrected = stated.leftSide.replacingNumbers {
                carried[$0].map { .number(CanonicalNumber($0)) }
            }
            guard stated.leftSide.canonicalForm == form || corrected.canonicalForm == form else {
                return false
            }
            if let written = stated.writtenResult, let right = expected.writtenResult {
                carried[written] = right
            }
        }
        return true
    }

    private static func isSameExpression(_ reply: [StatedEquation], _ gold: [StatedEquation])
        -> Bool
    {
        let operations = gold.reduce(0) { $0 + $1.leftSide.operationCount }
        var taken: [StatedEquation] = []
        var count = 0
        for stated in reply where count < operations {
            taken.append(stated)
            count += stated.leftSide.operationCount
        }
        guard count == operations, let joinedReply = joined(taken), let joinedGold = joined(gold)
        else { return false }
        return joinedReply.canonicalForm == joinedGold.canonicalForm
    }

    /// One expression for all steps; `nil` when a step before the last is never used.
    ///
    /// A number refers to the latest earlier step that has it as its result.
    static func joined(_ steps: [StatedEquation]) -> ArithmeticExpression? {
        // Substitution can double the expression at each step, so long chains are left alone.
        guard let last = steps.indices.last, last < 16 else { return nil }
        var expressions: [ArithmeticExpression] = []
        var used: Set<Int> = []
        for (index, step) in steps.enumerated() {
            let expression = step.leftSide.replacingNumbers { number in
                guard let source = (0..<index).last(where: { steps[$0].writtenResult == number })
                else { return nil }
                used.insert(source)
                return expressions[source]
            }
            guard expression.operationCount <= 256 else { return nil }
            expressions.append(expression)
        }
        return used.count == last ? expressions[last] : nil
    }
}
