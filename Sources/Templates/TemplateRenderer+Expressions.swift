extension TemplateRenderer {
    /// The value of an expression.
    func value(of expression: TemplateExpression) throws(TemplateProblem) -> TemplateValue {
        try step()
        switch expression {
        case .literal(let value): return value
        case .name(let name): return variable(name)
        case .list(let parts):
            var values: [TemplateValue] = []
            for part in parts { values.append(try value(of: part)) }
            return .list(values)
        case .mapping(let pairs):
            var values: [(key: String, value: TemplateValue)] = []
            for pair in pairs {
                guard case .text(let key) = try value(of: pair.key) else {
                    throw TemplateProblem("a mapping has a key that is no text")
                }
                values.append((key.string, try value(of: pair.value)))
            }
            return .mapping(values)
        case .attribute(let base, let name): return try member(name, of: try value(of: base))
        case .element(let base, let place):
            return try element(try value(of: place), of: try value(of: base))
        case .slice(let base, let start, let end, let step):
            return try slice(
                try value(of: base),
                try bound(start),
                try bound(end),
                try bound(step) ?? 1
            )
        case .call(let function, let arguments): return try call(function, arguments)
        case .filter(let base, let name, let arguments):
            return try filtered(try value(of: base), name, try Arguments(arguments, self))
        case .test(let base, let name, let arguments, let isNegated):
            let holds = try test(try value(of: base), name, try Arguments(arguments, self))
            return .flag(holds != isNegated)
        case .not(let base): return .flag(!(try value(of: base).isTrue))
        case .negative(let base):
            switch try value(of: base) {
            case .number(let number): return .number(-number)
            case let other:
                guard let number = other.whole else {
                    throw TemplateProblem("it takes the negative of \(other.kind)")
                }
                return .integer(0 &- number)
            }
        case .operation(let sign, let left, let right):
            return try operation(sign, left, right)
        case .condition(let condition, let then, let otherwise):
            if try value(of: condition).isTrue { return try value(of: then) }
            guard let otherwise else { return .undefined("") }
            return try value(of: otherwise)
        }
    }

    private func bound(_ expression: TemplateExpression?) throws(TemplateProblem) -> Int? {
        guard let expression else { return nil }
        let found = try value(of: expression)
        if case .none = found { return nil }
        guard let number = found.whole else { throw TemplateProblem("it cuts at \(found.kind)") }
        return number
    }

    /// The value under a name: of a mapping, a namespace.
    private func member(
        _ name: String,
        of base: TemplateValue
    ) throws(TemplateProblem) -> TemplateValue {
        switch base {
        case .mapping(let pairs):
            return pairs.last { $0.key == name }?.value ?? .undefined(name)
        case .namespace(let namespace): return namespace.values[name] ?? .undefined(name)
        case .undefined: throw TemplateProblem("it asks \(base.kind) for '\(name)'")
        default: return .undefined(name)
        }
    }

    private func element(
        _ place: TemplateValue,
        of base: TemplateValue
    ) throws(TemplateProblem) -> TemplateValue {
        if case .text(let name) = place { return try member(name.string, of: base) }
        guard let number = place.whole else {
            throw TemplateProblem("it takes \(place.kind) for a place")
        }
        let count: Int
        switch base {
        case .list(let values): count = values.count
        case .text(let text): count = text.count
        default:
            if case .undefined = base { throw TemplateProblem("it takes a part of \(base.kind)") }
            return .undefined("\(number)")
        }
        let index = number < 0 ? number + count : number
        guard (0..<count).contains(index) else { return .undefined("\(number)") }
        switch base {
        case .list(let values): return values[index]
        case .text(let text): return .text(text[index..<index + 1])
        default: return .undefined("\(number)")
        }
    }

    /// A part of a list or a text, as Python cuts it.
    private func slice(
        _ base: TemplateValue,
        _ start: Int?,
        _ end: Int?,
        _ step: Int
    ) throws(TemplateProblem) -> TemplateValue {
        let count: Int
        switch base {
        case .list(let values): count = values.count
        case .text(let text): count = text.count
        default: throw TemplateProblem("it cuts \(base.kind)")
        }
        guard step == 1 || step == -1 else {
            throw TemplateProblem("it cuts with the step \(step)")
        }
        let lowest = step > 0 ? 0 : -1
        let highest = step > 0 ? count : count - 1
        func place(_ number: Int?, _ standard: Int) -> Int {
            guard let number else { return standard }
            return min(max(number < 0 ? number + count : number, lowest), highest)
        }
        let first = place(start, step > 0 ? 0 : count - 1)
        let last = place(end, step > 0 ? count : -1)
        let indices = Array(stride(from: first, to: last, by: step))
        switch base {
        case .list(let values): return .list(indices.map { values[$0] })
        case .text(let text):
            guard step < 0 else { return .text(text[min(first, last)..<max(first, last)]) }
            var reversed = TemplateText()
            for index in indices { reversed.append(text[index..<index + 1]) }
            return .text(reversed)
        default: return base
        }
    }

    private func operation(
        _ sign: String,
        _ leftExpression: TemplateExpression,
        _ rightExpression: TemplateExpression
    ) throws(TemplateProblem) -> TemplateValue {
        let left = try value(of: leftExpression)
        if sign == "and" { return left.isTrue ? try value(of: rightExpression) : left }
        if sign == "or" { return left.isTrue ? left : try value(of: rightExpression) }
        let right = try value(of: rightExpression)
        switch sign {
        case "==": return .flag(left.isEqual(to: right))
        case "!=": return .flag(!left.isEqual(to: right))
        case "in": return .flag(try contains(right, left))
        case "~":
            var joined = try text(left)
            joined.append(try text(right))
            try step(making: joined.count)
            return .text(joined)
        case "<", "<=", ">", ">=": return .flag(try isOrdered(sign, left, right))
        default: return try arithmetic(sign, left, right)
        }
    }

    private func isOrdered(
        _ sign: String,
        _ left: TemplateValue,
        _ right: TemplateValue
    ) throws(TemplateProblem) -> Bool {
        if let own = left.numeric, let other = right.numeric {
            switch sign {
            case "<": return own < other
            case "<=": return own <= other
            case ">": return own > other
            default: return own >= other
            }
        }
        guard case .text(let own) = left, case .text(let other) = right else {
            throw TemplateProblem("it compares \(left.kind) with \(right.kind)")
        }
        let isLess = own.scalars.lexicographicallyPrecedes(other.scalars)
        let isSame = own.isSame(as: other)
        switch sign {
        case "<": return isLess
        case "<=": return isLess || isSame
        case ">": return !isLess && !isSame
        default: return !isLess
        }
    }

    private func arithmetic(
        _ sign: String,
        _ left: TemplateValue,
        _ right: TemplateValue
    ) throws(TemplateProblem) -> TemplateValue {
        if sign == "+" {
            if case .text(var own) = left, case .text(let other) = right {
                own.append(other)
                try step(making: own.count)
                return .text(own)
            }
            if case .list(let own) = left, case .list(let other) = right {
                try step(making: own.count + other.count)
                return .list(own + other)
            }
        }
        if let own = left.whole, let other = right.whole {
            let result: (partialValue: Int, overflow: Bool)?
            switch sign {
            case "+": result = own.addingReportingOverflow(other)
            case "-": result = own.subtractingReportingOverflow(other)
            case "*": result = own.multipliedReportingOverflow(by: other)
            case "//", "%":
                let quotient = own.dividedReportingOverflow(by: other)
                let rest = own.remainderReportingOverflow(dividingBy: other)
                // Python rounds down.
                let isAbove = !rest.overflow && rest.partialValue != 0 && (own < 0) != (other < 0)
                result =
                    sign == "//"
                    ? (quotient.partialValue &- (isAbove ? 1 : 0), quotient.overflow)
                    : (rest.partialValue &+ (isAbove ? other : 0), rest.overflow)
            default: result = nil
            }
            if let result {
                guard !result.overflow else { throw TemplateProblem("a number has no value") }
                return .integer(result.partialValue)
            }
        }
        guard let own = left.numeric, let other = right.numeric else {
            throw TemplateProblem("it does '\(sign)' with \(left.kind) and \(right.kind)")
        }
        switch sign {
        case "+": return .number(own + other)
        case "-": return .number(own - other)
        case "*": return .number(own * other)
        case "/" where other != 0: return .number(own / other)
        default: throw TemplateProblem("it does '\(sign)' with \(left.kind) and \(right.kind)")
        }
    }

    /// Whether a list, a mapping or a text has a part.
    func contains(_ whole: TemplateValue, _ part: TemplateValue) throws(TemplateProblem) -> Bool {
        switch whole {
        case .text(let text):
            guard case .text(let wanted) = part else {
                throw TemplateProblem("it looks for \(part.kind) in a text")
            }
            return wanted.isEmpty || text.firstIndex(of: wanted) != nil
        case .list(let values): return values.contains { $0.isEqual(to: part) }
        case .mapping(let pairs):
            guard case .text(let key) = part else { return false }
            return pairs.contains { $0.key == key.string }
        case .undefined: return false
        default: throw TemplateProblem("it looks into \(whole.kind)")
        }
    }
}
