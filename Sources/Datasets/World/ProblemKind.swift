import Arithmetic

/// A kind of word problem: which numbers it states and which steps solve it.
///
/// The words stand in the language packs under the kind's name; the arithmetic stands here, so
/// that it is the same in every language.
package struct ProblemKind: Sendable {
    /// A number of a step.
    enum Operand: Hashable, Sendable {
        /// A number that the problem states, counted from 1.
        case number(Int)
        /// The result of an earlier step, counted from 1.
        case result(Int)
        /// A number that the words say, as "twice" says 2.
        case constant(Int)
    }

    /// One step of the solution.
    struct Step: Hashable, Sendable {
        var left: Operand
        var operation: ArithmeticOperator
        var right: Operand
    }

    /// How a stated number is drawn.
    enum Draw: Hashable, Sendable {
        /// From 2 to the largest number of problems.
        case term
        /// From 2 to the largest factor.
        case factor
        /// A whole that the stated number at the place divides: that number times a drawn factor.
        case multiple(of: Int)
        /// As `multiple`, and a rest that is smaller than the two factors stated.
        case productWithRest(Int, Int)
    }

    /// The key of the pattern in language packs.
    package let name: String
    let draws: [Draw]
    let steps: [Step]

    /// How many numbers the problem states.
    package var numberCount: Int { draws.count }
    /// How many steps solve it.
    package var stepCount: Int { steps.count }

    /// The kinds with the given names, in that order.
    ///
    /// - Throws: `DatasetError` for an unknown name or none at all.
    package static func kinds(named names: [String]) throws -> [ProblemKind] {
        guard !names.isEmpty else {
            throw DatasetError.setting(
                name: "kinds",
                found: "an empty list",
                expected: "at least one of \(all.map(\.name).joined(separator: ", "))"
            )
        }
        return try names.map { name in
            guard let kind = named[name] else {
                throw DatasetError.unknownName(
                    kind: "kind of problem",
                    found: name,
                    known: all.map(\.name)
                )
            }
            return kind
        }
    }

    /// Draws the stated numbers, or nil when they break a limit of the settings.
    ///
    /// - Parameters:
    ///   - settings: The limits of the world.
    ///   - largest: The largest number that may be stated or come out; nil for those of the world.
    ///   - random: Where the numbers come from.
    /// - Returns: The numbers in the order of the pattern.
    func numbers(
        settings: WorldSettings,
        atMost largest: Int? = nil,
        random: inout ContentRandom
    ) -> [Int]? {
        var numbers = [Int](repeating: 0, count: draws.count)
        for (place, draw) in draws.enumerated() {
            switch draw {
            case .term: numbers[place] = random.number(in: 2...settings.problemNumberMaximum)
            case .factor: numbers[place] = random.number(in: 2...settings.factorMaximum)
            case .multiple, .productWithRest: break
            }
        }
        for (place, draw) in draws.enumerated() {
            switch draw {
            case .multiple(let divisor):
                let quotient = random.number(in: 2...settings.factorMaximum)
                numbers[place] = numbers[divisor - 1] * quotient
            case .productWithRest(let first, let second):
                let factors = (numbers[first - 1], numbers[second - 1])
                let rest = random.number(in: 1...max(1, min(factors.0, factors.1) - 1))
                numbers[place] = factors.0 * factors.1 + rest
            case .term, .factor: break
            }
        }
        guard isAllowed(numbers, settings: settings) else { return nil }
        if let largest, !isWithin(largest, numbers) { return nil }
        return numbers
    }

    /// The worked steps for the stated numbers, or nil when a division leaves a rest.
    func solve(_ numbers: [Int]) -> [Equation]? {
        var equations: [Equation] = []
        equations.reserveCapacity(steps.count)
        func value(_ operand: Operand) -> Int {
            switch operand {
            case .number(let place): numbers[place - 1]
            case .result(let place): equations[place - 1].result
            case .constant(let value): value
            }
        }
        for step in steps {
            let left = value(step.left)
            let right = value(step.right)
            guard let result = step.operation.apply(left, right) else { return nil }
            equations.append(
                Equation(left: left, operation: step.operation, right: right, result: result)
            )
        }
        return equations
    }

    private func isWithin(_ largest: Int, _ numbers: [Int]) -> Bool {
        numbers.allSatisfy { $0 <= largest }
            && (solve(numbers) ?? []).allSatisfy { $0.result <= largest }
    }

    private func isAllowed(_ numbers: [Int], settings: WorldSettings) -> Bool {
        guard let equations = solve(numbers) else { return false }
        return equations.allSatisfy { equation in
            guard equation.result >= 1 else { return false }
            switch equation.operation {
            case .add: return equation.result <= wholeMaximum(settings)
            case .subtract, .divide: return true
            case .multiply:
                return equation.result <= settings.factorMaximum * settings.factorMaximum
            }
        }
    }

    /// Sums that begin from a product may grow by as much as a factor over the largest product.
    private func wholeMaximum(_ settings: WorldSettings) -> Int {
        let beginsWithProduct = steps.first.map { $0.operation == .multiply } ?? false
        let product = settings.factorMaximum * settings.factorMaximum
        return beginsWithProduct
            ? max(settings.problemSumMaximum, product) : settings.problemSumMaximum
    }
}
