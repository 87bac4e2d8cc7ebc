import Arithmetic

extension ProblemKind {
    /// The seven kinds of one and two steps that the quickstart uses.
    package static let standardNames = [
        "gain", "lose", "groups", "share", "gain_lose", "lose_gain", "together",
    ]

    /// The kinds by name.
    package static let named: [String: ProblemKind] = Dictionary(
        uniqueKeysWithValues: all.map { ($0.name, $0) }
    )

    /// Every kind: the standard ones, then harder ones that are switched on by name.
    package static let all: [ProblemKind] = [
        // x, and y more.
        kind("gain", [.term, .term], [step(.number(1), .add, .number(2))]),
        // x, and y fewer.
        kind("lose", [.term, .term], [step(.number(1), .subtract, .number(2))]),
        // x containers with y in each.
        kind("groups", [.factor, .factor], [step(.number(1), .multiply, .number(2))]),
        // x people share y equally.
        kind("share", [.factor, .multiple(of: 1)], [step(.number(2), .divide, .number(1))]),
        // x, y more, then z fewer.
        kind("gain_lose", [.term, .term, .term], addThen(.subtract)),
        // x, y fewer, then z more.
        kind(
            "lose_gain",
            [.term, .term, .term],
            [step(.number(1), .subtract, .number(2)), step(.result(1), .add, .number(3))]
        ),
        // One has x, another y; together.
        kind("together", [.term, .term], [step(.number(1), .add, .number(2))]),

        // One has x, another y more than that.
        kind("more_than", [.term, .term], [step(.number(1), .add, .number(2))]),
        // One has x, another y fewer than that.
        kind("fewer_than", [.term, .term], [step(.number(1), .subtract, .number(2))]),
        // One has x, another y; how many more.
        kind("compare", [.term, .term], [step(.number(1), .subtract, .number(2))]),
        // One has x, another twice as many.
        kind("twice", [.term], [step(.number(1), .multiply, .constant(2))]),
        // Some, then x more, now y; how many before.
        kind("before_gain", [.term, .term], [step(.number(2), .subtract, .number(1))]),
        // Some, then x fewer, now y; how many before.
        kind("before_lose", [.term, .term], [step(.number(2), .add, .number(1))]),
        // One costs x; what y of them cost.
        kind("price", [.factor, .factor], [step(.number(1), .multiply, .number(2))]),
        // One has x, a second y, a third z; together.
        kind("three_together", [.term, .term, .term], addThen(.add)),
        // x, y more, then z more.
        kind("gain_gain", [.term, .term, .term], addThen(.add)),
        // x, y fewer, then z fewer.
        kind(
            "lose_lose",
            [.term, .term, .term],
            [step(.number(1), .subtract, .number(2)), step(.result(1), .subtract, .number(3))]
        ),
        // One has x, another y more than that; together.
        kind(
            "more_together",
            [.term, .term],
            [step(.number(1), .add, .number(2)), step(.number(1), .add, .result(1))]
        ),
        // One has x, another twice as many; together.
        kind(
            "twice_together",
            [.term],
            [step(.number(1), .multiply, .constant(2)), step(.number(1), .add, .result(1))]
        ),
        // x containers with y in each, then z more.
        kind(
            "groups_gain",
            [.factor, .factor, .term],
            [step(.number(1), .multiply, .number(2)), step(.result(1), .add, .number(3))]
        ),
        // x containers with y in each, then z fewer.
        kind(
            "groups_lose",
            [.factor, .factor, .term],
            [step(.number(1), .multiply, .number(2)), step(.result(1), .subtract, .number(3))]
        ),
        // x people share y equally, then each gets z more.
        kind(
            "share_gain",
            [.factor, .multiple(of: 1), .term],
            [step(.number(2), .divide, .number(1)), step(.result(1), .add, .number(3))]
        ),
        // y in each of x containers out of z; left over.
        kind(
            "left_over",
            [.factor, .factor, .productWithRest(1, 2)],
            [step(.number(1), .multiply, .number(2)), step(.number(3), .subtract, .result(1))]
        ),
    ]

    private static func kind(_ name: String, _ draws: [Draw], _ steps: [Step]) -> ProblemKind {
        ProblemKind(name: name, draws: draws, steps: steps)
    }

    private static func step(
        _ left: Operand,
        _ operation: ArithmeticOperator,
        _ right: Operand
    ) -> Step {
        Step(left: left, operation: operation, right: right)
    }

    /// The first two numbers added, then the third added or taken away.
    private static func addThen(_ operation: ArithmeticOperator) -> [Step] {
        [step(.number(1), .add, .number(2)), step(.result(1), operation, .number(3))]
    }
}
