extension TemplateParser {
    /// An expression, or several with commas as a list.
    mutating func tupleExpression() throws(TemplateProblem) -> TemplateExpression {
        let first = try expression()
        guard token == .sign(",") else { return first }
        var all = [first]
        while takeSign(",") {
            if token == .outputEnd || token == .blockEnd { break }
            all.append(try expression())
        }
        return .list(all)
    }

    /// An expression with `if` and `else`.
    mutating func expression() throws(TemplateProblem) -> TemplateExpression {
        try nested { parser throws(TemplateProblem) in
            var value = try parser.orExpression()
            while parser.takeName("if") {
                let condition = try parser.orExpression()
                let otherwise = parser.takeName("else") ? try parser.expression() : nil
                value = .condition(condition, then: value, otherwise: otherwise)
            }
            return value
        }
    }

    mutating func orExpression() throws(TemplateProblem) -> TemplateExpression {
        var left = try andExpression()
        while takeName("or") { left = .operation("or", left, try andExpression()) }
        return left
    }

    private mutating func andExpression() throws(TemplateProblem) -> TemplateExpression {
        var left = try notExpression()
        while takeName("and") { left = .operation("and", left, try notExpression()) }
        return left
    }

    private mutating func notExpression() throws(TemplateProblem) -> TemplateExpression {
        guard takeName("not") else { return try comparison() }
        return .not(try nested { parser throws(TemplateProblem) in try parser.notExpression() })
    }

    private mutating func comparison() throws(TemplateProblem) -> TemplateExpression {
        var left = try sum()
        var chain: TemplateExpression?
        while let comparator = comparator() {
            let right = try sum()
            let compared: TemplateExpression =
                comparator == "not in"
                ? .not(.operation("in", left, right)) : .operation(comparator, left, right)
            chain = chain.map { .operation("and", $0, compared) } ?? compared
            left = right
        }
        return chain ?? left
    }

    private mutating func comparator() -> String? {
        for sign in ["==", "!=", "<=", ">=", "<", ">"] where takeSign(sign) { return sign }
        if takeName("in") { return "in" }
        guard token == .name("not"), index + 1 < tokens.count, tokens[index + 1] == .name("in")
        else {
            return nil
        }
        advance()
        advance()
        return "not in"
    }

    private mutating func sum() throws(TemplateProblem) -> TemplateExpression {
        var left = try concatenation()
        while case .sign(let sign) = token, sign == "+" || sign == "-" {
            advance()
            left = .operation(sign, left, try concatenation())
        }
        return left
    }

    private mutating func concatenation() throws(TemplateProblem) -> TemplateExpression {
        var left = try product()
        while takeSign("~") { left = .operation("~", left, try product()) }
        return left
    }

    private mutating func product() throws(TemplateProblem) -> TemplateExpression {
        var left = try unary(withFilters: true)
        while case .sign(let sign) = token, ["*", "/", "//", "%"].contains(sign) {
            advance()
            left = .operation(sign, left, try unary(withFilters: true))
        }
        return left
    }

    private mutating func unary(withFilters: Bool) throws(TemplateProblem) -> TemplateExpression {
        var value: TemplateExpression
        if takeSign("-") {
            value = .negative(
                try nested { parser throws(TemplateProblem) in
                    try parser.unary(withFilters: false)
                }
            )
        } else if takeSign("+") {
            value = try nested { parser throws(TemplateProblem) in
                try parser.unary(withFilters: false)
            }
        } else {
            value = try postfix(primary())
        }
        guard withFilters else { return value }
        while true {
            if takeSign("|") {
                let filter = try name()
                value = .filter(value, filter, token == .sign("(") ? try arguments() : .init())
            } else if takeName("is") {
                value = try test(value)
            } else {
                return value
            }
            value = try postfix(value)
        }
    }

    private mutating func test(
        _ value: TemplateExpression
    ) throws(TemplateProblem) -> TemplateExpression {
        let isNegated = takeName("not")
        let test = try name()
        var given = TemplateArguments()
        if token == .sign("(") {
            given = try arguments()
        } else {
            switch token {
            case .text, .integer, .number, .sign("["):
                given.positional = [try postfix(primary())]
            case .name(let name)
            where !["else", "or", "and", "is", "if", "not", "in"].contains(name):
                given.positional = [try postfix(primary())]
            default: break
            }
        }
        return .test(value, test, given, isNegated: isNegated)
    }

    private mutating func postfix(
        _ value: TemplateExpression
    ) throws(TemplateProblem) -> TemplateExpression {
        var value = value
        while true {
            if takeSign(".") {
                if case .integer(let number) = token {
                    advance()
                    value = .element(value, .literal(.integer(number)))
                } else {
                    value = .attribute(value, try name())
                }
            } else if takeSign("[") {
                value = try element(of: value)
            } else if token == .sign("(") {
                value = .call(value, try arguments())
            } else {
                return value
            }
        }
    }

    private mutating func element(
        of value: TemplateExpression
    ) throws(TemplateProblem) -> TemplateExpression {
        var bounds: [TemplateExpression?] = [nil]
        while !takeSign("]") {
            if takeSign(":") {
                bounds.append(nil)
                guard bounds.count <= 3 else { throw unexpected() }
            } else {
                guard bounds[bounds.count - 1] == nil else { throw unexpected() }
                bounds[bounds.count - 1] = try expression()
            }
        }
        guard bounds.count > 1 else {
            guard let only = bounds[0] else { throw unexpected() }
            return .element(value, only)
        }
        return .slice(
            value,
            from: bounds[0],
            to: bounds[1],
            step: bounds.count > 2 ? bounds[2] : nil
        )
    }

    private mutating func arguments() throws(TemplateProblem) -> TemplateArguments {
        try expect(.sign("("))
        var result = TemplateArguments()
        var isFirst = true
        while !takeSign(")") {
            if !isFirst {
                try expect(.sign(","))
                if takeSign(")") { break }
            }
            isFirst = false
            if case .name(let name) = token, index + 1 < tokens.count,
                tokens[index + 1] == .sign("=")
            {
                advance()
                advance()
                result.named.append((name, try expression()))
            } else {
                result.positional.append(try expression())
            }
        }
        return result
    }

    private mutating func primary() throws(TemplateProblem) -> TemplateExpression {
        switch token {
        case .text(var text):
            advance()
            // Texts beside each other are one.
            while case .text(let next) = token {
                text += next
                advance()
            }
            return .literal(TemplateValue(text))
        case .integer(let number):
            advance()
            return .literal(.integer(number))
        case .number(let number):
            advance()
            return .literal(.number(number))
        case .name(let name):
            advance()
            switch name {
            case "true", "True": return .literal(.flag(true))
            case "false", "False": return .literal(.flag(false))
            case "none", "None": return .literal(.none)
            default: return .name(name)
            }
        case .sign("("): return try parentheses()
        case .sign("["): return try list()
        case .sign("{"): return try mapping()
        default: throw unexpected()
        }
    }

    /// An expression in parentheses, or several with commas as a list.
    private mutating func parentheses() throws(TemplateProblem) -> TemplateExpression {
        try expect(.sign("("))
        if takeSign(")") { return .list([]) }
        let first = try expression()
        guard token == .sign(",") else {
            try expect(.sign(")"))
            return first
        }
        var all = [first]
        while takeSign(","), token != .sign(")") { all.append(try expression()) }
        try expect(.sign(")"))
        return .list(all)
    }

    private mutating func list() throws(TemplateProblem) -> TemplateExpression {
        try expect(.sign("["))
        var all: [TemplateExpression] = []
        while !takeSign("]") {
            if !all.isEmpty {
                try expect(.sign(","))
                if takeSign("]") { break }
            }
            all.append(try expression())
        }
        return .list(all)
    }

    private mutating func mapping() throws(TemplateProblem) -> TemplateExpression {
        try expect(.sign("{"))
        var all: [(key: TemplateExpression, value: TemplateExpression)] = []
        while !takeSign("}") {
            if !all.isEmpty {
                try expect(.sign(","))
                if takeSign("}") { break }
            }
            let key = try expression()
            try expect(.sign(":"))
            all.append((key, try expression()))
        }
        return .mapping(all)
    }
}
