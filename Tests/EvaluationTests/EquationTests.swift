import Arithmetic
import Datasets
import Evaluation
import Testing

@Suite("Equations")
struct EquationTests {
    @Test(
        "Left sides of a reply",
        arguments: [
            ("12 + 3 = 15. 15 - 4 = 11. #### 11", ["12 + 3", "15 - 4"]),
            ("48/2=24. 48+24=72", ["48 / 2", "48 + 24"]),
            ("48/2 = <<48/2=24>>24 clips. 48+24 = <<48+24=72>>72", ["48 / 2", "48 + 24"]),
            ("Only 100 / 2 = $50, then 15 x 2 = $30.", ["100 / 2", "15 * 2"]),
            ("12 × 3 = 36; 36 ÷ 4 = 9; 9 − 2 = 7", ["12 * 3", "36 / 4", "9 - 2"]),
            ("4 * 5 = 20টি। ৯ + ২০ = ২৯", ["4 * 5", "9 + 20"]),
            ("In 2020 12 + 3 = 15", ["12 + 3"]),
            ("1,234 + 5 = 1,239", ["1234 + 5"]),
            ("0.5 * 4 = 2", ["0.5 * 4"]),
            ("(12 + 3) * 4 = 60", ["(12 + 3) * 4"]),
            ("10 - (3 - 2) = 9", ["10 - (3 - 2)"]),
            ("8 + (3 - 2) = 9", ["8 + (3 - 2)"]),
            ("-(2 + 3) * 4 = -20", ["-(2 + 3) * 4"]),
            ("- 4 + 3 = 7", ["4 + 3"]),
            ("-4 + 3 = -1", ["-4 + 3"]),
            ("2 * 3 = 6 + 1 = 7", ["2 * 3", "6 + 1"]),
            ("There are 4 houses * 3 gnomes = 12 gnomes", ["4 * 3"]),
            ("$60/large painting x 8 large paintings = $480", ["60 * 8"]),
            ("14 pieces/house * 60 houses = 840 pieces", ["14 * 60"]),
            ("2টি + 3টি = 5টি", ["2 + 3"]),
            ("(2 cups + 3 cups) * 4 days = 20", ["(2 + 3) * 4"]),
            ("He had 16 eggs and then 20 - 5 = 15", ["20 - 5"]),
            ("8p = 5p + 3000. 5 eggs = 5 eggs", []),
            ("8p + 2 = 5p + 3000 = 7", []),
            ("The box 2 = 2. x = 5. = 7. 5 = 5", []),
            ("3 + = 5. + 3 = 3. 3 3 = 9", []),
            ("#### 12 + 3 = 15", []),
            ("", []),
        ]
    )
    func leftSides(_ reply: String, _ expected: [String]) {
        #expect(EquationExtraction.equations(in: reply).map(\.leftSide.groupedText) == expected)
    }

    @Test("The written result is kept as written")
    func writtenResults() {
        let equations = EquationExtraction.equations(
            in: "23 - 9 = 13. 3 - 5 = -2. 1 + 1 = two. 2 + 2 ="
        )
        #expect(equations.map(\.writtenResult) == [Rational(13), Rational(-2), nil, nil])
    }

    struct Comparison: Sendable, CustomTestStringConvertible {
        var reply: String
        var gold: [String]
        var isCorrect: Bool?
        var testDescription: String { "\(reply) against \(gold)" }
    }

    static let comparisons = [
        Comparison(reply: "12 + 3 = 15. #### 15", gold: ["12 + 3"], isCorrect: true),
        Comparison(reply: "3+12=15", gold: ["12 + 3"], isCorrect: true),
        Comparison(reply: "12 + 3 = 16. #### 16", gold: ["12 + 3 = 15"], isCorrect: true),
        Comparison(reply: "18 - 10 = 8", gold: ["18 - 10"], isCorrect: true),
        Comparison(reply: "10 - 18 = 8", gold: ["18 - 10"], isCorrect: false),
        Comparison(reply: "18 + 10 = 28", gold: ["18 - 10"], isCorrect: false),
        Comparison(reply: "18.0 - 10 = 8", gold: ["18 - 10"], isCorrect: true),
        // One operation is asked for: the first equation decides, whatever follows.
        Comparison(reply: "18 - 10 = 8. 8 + 1 = 9", gold: ["18 - 10"], isCorrect: true),
        Comparison(reply: "18 + 10 = 28. 18 - 10 = 8", gold: ["18 - 10"], isCorrect: false),
        Comparison(reply: "8", gold: ["18 - 10"], isCorrect: false),
        Comparison(reply: "", gold: ["18 - 10"], isCorrect: false),
        // All steps in order.
        Comparison(
            reply: "48/2=24. 24+48=72",
            gold: ["48/2=24", "48+24=72"],
            isCorrect: true
        ),
        Comparison(reply: "48/2=24.", gold: ["48/2", "48+24"], isCorrect: false),
        Comparison(reply: "48+24=72. 48/2=24", gold: ["48/2", "48+24"], isCorrect: false),
        // A slip that is carried on is one of arithmetic.
        Comparison(
            reply: "12 + 3 = 16. 16 - 4 = 12",
            gold: ["12 + 3", "15 - 4"],
            isCorrect: true
        ),
        Comparison(
            reply: "12 + 3 = 16. 15 - 4 = 11",
            gold: ["12 + 3", "15 - 4"],
            isCorrect: true
        ),
        Comparison(
            reply: "12 + 3 = 16. 17 - 4 = 13",
            gold: ["12 + 3", "15 - 4"],
            isCorrect: false
        ),
        // Also where a step is not used later, so that the steps make no single expression.
        Comparison(
            reply: "12 + 3 = 16. 2 * 5 = 10. 16 - 4 = 12",
            gold: ["12 + 3", "2 * 5", "15 - 4"],
            isCorrect: true
        ),
        // The same expression in other steps.
        Comparison(reply: "4 + 5 = 9. 9 - 3 = 6", gold: ["(4 + 5) - 3"], isCorrect: true),
        Comparison(reply: "4 + 5 - 3 = 6", gold: ["4 + 5", "9 - 3"], isCorrect: true),
        Comparison(reply: "5 - 3 = 2. 4 + 2 = 6", gold: ["(4 + 5) - 3"], isCorrect: true),
        Comparison(reply: "4 + 5 = 9. 4 - 3 = 1", gold: ["(4 + 5) - 3"], isCorrect: false),
        Comparison(reply: "4 + 5 = 9", gold: ["(4 + 5) - 3"], isCorrect: false),
        Comparison(
            reply: "50 + 30 = 80. 100 - 80 = 20",
            gold: ["100 - 50 - 30"],
            isCorrect: true
        ),
        Comparison(reply: "(2 + 3) * 4 = 20", gold: ["2 + 3 * 4"], isCorrect: false),
        Comparison(reply: "12 / 4 * 2 = 6", gold: ["12 * 2 / 4"], isCorrect: true),
        // Nothing to compare with.
        Comparison(reply: "1 + 1 = 2", gold: [], isCorrect: nil),
        Comparison(reply: "1 + 1 = 2", gold: ["GCD(12, 4)"], isCorrect: nil),
        Comparison(reply: "5 = 5", gold: ["5"], isCorrect: nil),
    ]

    @Test("A reply against the gold equations", arguments: comparisons)
    func comparison(_ comparison: Comparison) {
        let result = EquationComparison.isCorrect(reply: comparison.reply, gold: comparison.gold)
        #expect(result == comparison.isCorrect)
    }

    @Test(
        "Exact values",
        arguments: [
            ("12 + 3", "15"), ("48/2", "24"), ("0.1 + 0.2", "0.3"), ("1/3 + 2/3", "1"),
            ("7 / 2", "3.5"), ("1 / 8", "0.125"), ("2 - 5", "-3"), ("1 / -4", "-0.25"),
            ("2 + 3 * 4", "14"), ("(2 + 3) * 4", "20"), ("10 - 3 - 2", "5"), ("8 / 2 / 2", "2"),
            ("-(2 + 3)", "-5"), ("1,000 * 1,000", "1000000"), ("0.01 / 4", "0.0025"),
            ("5 - 5", "0"), ("100 / 1000", "0.1"),
        ]
    )
    func values(_ text: String, _ expected: String) throws {
        #expect(try #require(ArithmeticExpression(lenient: text)).value?.decimalText == expected)
    }

    @Test(
        "Without a finite decimal value",
        arguments: [
            "1 / 0", "1 / (2 - 2)", "1 / 3", "9223372036854775807 + 1",
            "4000000000 * 4000000000", "1 / 7 * 2",
        ]
    )
    func noValues(_ text: String) throws {
        #expect(try #require(ArithmeticExpression(lenient: text)).value?.decimalText == nil)
    }

    @Test(
        "Not an expression",
        arguments: [
            "", "+", "1 +", "(1 + 2", "1 + 2)", "1 2", "a + b", "()", "1 ** 2", "10 % 3", "2 ^ 3",
            "99999999999999999999 + 1", String(repeating: "(", count: 100_000),
            String(repeating: "-", count: 100_000) + "1",
        ]
    )
    func notExpressions(_ text: String) {
        #expect(ArithmeticExpression(lenient: text) == nil)
    }
}
