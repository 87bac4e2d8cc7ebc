import Arithmetic
import Foundation

/// The equations of a worked solution, read from the notations of several data sets.
struct WorkedEquations: Hashable, Sendable {
    /// One step: what is computed and what comes out.
    struct Step: Hashable, Sendable {
        var left: ArithmeticExpression
        var result: CanonicalNumber
    }

    let steps: [Step]

    /// Reads GSM8K's annotations, `<<48/2=24>>`, in order.
    init?(annotations text: String) {
        let parts = text.components(between: "<<", and: ">>")
        self.init(equations: parts)
    }

    /// Reads `48/2=24. 48+24=72`, with or without blanks around the signs.
    init?(sentences text: String) {
        var equations: [String] = []
        // A point is a decimal point unless a blank or the end follows.
        for part in text.split(separator: " ") {
            equations.append(part.hasSuffix(".") ? String(part.dropLast()) : String(part))
        }
        if let plain = WorkedEquations(equations: equations) {
            self = plain
            return
        }
        // `4 * 5 = 20. 9 + 20 = 29.`, as in the examples of MGSM.
        let sentences = text.replacing(/\.\s*$/, with: "").split(separator: ". ")
        self.init(equations: sentences.map { $0.filter { !$0.isWhitespace } })
    }

    /// Reads ASDiv's `43+19+16=78; 78-77=1`, without units in brackets such as `(cent)`.
    init?(asdiv text: String) {
        let plain = Self.withoutUnits(text)
        self.init(equations: plain.split(separator: ";").map(String.init))
    }

    /// Reads equations with one `=` each; a plain number on the left says nothing and is left out.
    private init?(equations: [String]) {
        var steps: [Step] = []
        for equation in equations {
            let sides = equation.split(separator: "=")
            guard sides.count == 2, let left = ArithmeticExpression(parsing: String(sides[0])),
                let result = CanonicalNumber(sides[1])
            else { return nil }
            guard left.operationCount > 0 else { continue }
            steps.append(Step(left: left, result: result))
        }
        guard !steps.isEmpty else { return nil }
        self.steps = steps
    }

    /// The left sides in infix form.
    var leftSides: [String] { steps.map(\.left.description) }

    /// The solution as text: `48 / 2 = 24. 48 + 24 = 72.`.
    var solution: String {
        steps.map { "\($0.left) = \($0.result)." }.joined(separator: " ")
    }

    /// Whether every step is right to a hundredth and the last one gives the answer.
    func ends(with answer: String) -> Bool {
        guard let last = steps.last, last.result.description == answer else { return false }
        return steps.allSatisfy { step in
            guard let value = step.left.floatingValue, let result = Double(step.result.description)
            else {
                return false
            }
            return abs(value - result) < 0.01
        }
    }

    /// A text without GSM8K's annotations.
    static func withoutAnnotations(_ text: String) -> String {
        var plain = ""
        var rest = Substring(text)
        while let open = rest.range(of: "<<"),
            let close = rest[open.upperBound...].range(of: ">>")
        {
            plain += rest[..<open.lowerBound]
            rest = rest[close.upperBound...]
        }
        return plain + rest
    }

    /// A text without brackets that hold letters.
    private static func withoutUnits(_ text: String) -> String {
        var plain = ""
        var rest = Substring(text)
        while let open = rest.firstIndex(of: "(") {
            plain += rest[..<open]
            let inside = rest[rest.index(after: open)...].prefix { $0 != ")" && $0 != "(" }
            let isUnit =
                inside.contains { $0.isLetter }
                && FoldedText(inside).numbers.first { _ in true } == nil
            if isUnit, inside.endIndex < rest.endIndex, rest[inside.endIndex] == ")" {
                rest = rest[rest.index(after: inside.endIndex)...]
            } else {
                plain += "("
                rest = rest[rest.index(after: open)...]
            }
        }
        return plain + rest
    }
}

extension String {
    /// The parts of the text that stand between two marks.
    func components(between open: String, and close: String) -> [String] {
        var parts: [String] = []
        var rest = Substring(self)
        while let start = rest.range(of: open),
            let end = rest[start.upperBound...].range(of: close)
        {
            parts.append(String(rest[start.upperBound..<end.lowerBound]))
            rest = rest[end.upperBound...]
        }
        return parts
    }
}
