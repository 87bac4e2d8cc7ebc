/// Reads the statements of a template.
struct TemplateParser {
    var tokens: [TemplateToken]
    var index = 0
    private var depth = 0

    /// No template is nested deeper; it keeps a hostile one from the end of the stack.
    private static let deepest = 60

    /// The statements of a template.
    ///
    /// - Throws: `TemplateProblem`.
    static func statements(of text: String) throws(TemplateProblem) -> [TemplateStatement] {
        var parser = TemplateParser(tokens: try TemplateLexer.tokens(of: text))
        let (statements, _) = try parser.statements(until: [])
        return statements
    }

    private init(tokens: [TemplateToken]) { self.tokens = tokens }

    var token: TemplateToken { tokens[index] }

    mutating func advance() { if index + 1 < tokens.count { index += 1 } }

    mutating func take(_ wanted: TemplateToken) -> Bool {
        guard token == wanted else { return false }
        advance()
        return true
    }

    mutating func takeSign(_ sign: String) -> Bool { take(.sign(sign)) }
    mutating func takeName(_ name: String) -> Bool { take(.name(name)) }

    mutating func expect(_ wanted: TemplateToken) throws(TemplateProblem) {
        guard take(wanted) else { throw unexpected() }
    }

    mutating func name() throws(TemplateProblem) -> String {
        guard case .name(let name) = token else { throw unexpected() }
        advance()
        return name
    }

    func unexpected() -> TemplateProblem {
        let found =
            switch token {
            case .data, .outputBegin, .blockBegin, .outputEnd, .blockEnd: "the end of a tag"
            case .name(let name): "'\(name)'"
            case .text(let text): "'\(text)'"
            case .integer(let number): "\(number)"
            case .number(let number): "\(number)"
            case .sign(let sign): "'\(sign)'"
            case .end: "its end"
            }
        return TemplateProblem("it has \(found) where something else is expected")
    }

    /// Does something one level deeper.
    mutating func nested<Result>(
        _ body: (inout TemplateParser) throws(TemplateProblem) -> Result
    ) throws(TemplateProblem) -> Result {
        depth += 1
        defer { depth -= 1 }
        guard depth < Self.deepest else { throw TemplateProblem("it is nested too deep") }
        return try body(&self)
    }

    /// Statements up to a block with one of these words, which is read; nothing stands behind it.
    private mutating func statements(
        until words: Set<String>
    ) throws(TemplateProblem) -> ([TemplateStatement], word: String) {
        var all: [TemplateStatement] = []
        while true {
            switch token {
            case .data(let text):
                advance()
                all.append(.text(text))
            case .outputBegin:
                advance()
                all.append(.output(try tupleExpression()))
                try expect(.outputEnd)
            case .blockBegin:
                advance()
                let word = try name()
                if words.contains(word) { return (all, word) }
                all += try nested { parser throws(TemplateProblem) in try parser.statement(word) }
            case .end where words.isEmpty: return (all, "")
            default: throw TemplateProblem("a block has no end")
            }
        }
    }

    private mutating func statement(
        _ word: String
    ) throws(TemplateProblem) -> [TemplateStatement] {
        switch word {
        case "if": return [try condition()]
        case "for": return [try loop()]
        case "set": return [try set()]
        case "macro": return [try macro()]
        case "break", "continue":
            try expect(.blockEnd)
            return [word == "break" ? .stop : .next]
        // It marks replies for training and writes nothing.
        case "generation":
            try expect(.blockEnd)
            let (body, _) = try statements(until: ["endgeneration"])
            try expect(.blockEnd)
            return body
        default: throw TemplateProblem("it has the statement '\(word)', which is not supported")
        }
    }

    private mutating func condition() throws(TemplateProblem) -> TemplateStatement {
        var cases: [(condition: TemplateExpression, body: [TemplateStatement])] = []
        var otherwise: [TemplateStatement] = []
        var word = "elif"
        while word != "endif" {
            let condition = word == "elif" ? try expression() : nil
            try expect(.blockEnd)
            let ends: Set = word == "elif" ? ["elif", "else", "endif"] : ["endif"]
            let (body, next) = try statements(until: ends)
            if let condition { cases.append((condition, body)) } else { otherwise = body }
            word = next
        }
        try expect(.blockEnd)
        return .condition(cases, otherwise: otherwise)
    }

    private mutating func loop() throws(TemplateProblem) -> TemplateStatement {
        var names = [try name()]
        while takeSign(",") { names.append(try name()) }
        guard takeName("in") else { throw unexpected() }
        let over = try orExpression()
        let filter = takeName("if") ? try expression() : nil
        try expect(.blockEnd)
        var (body, word) = try statements(until: ["else", "endfor"])
        var otherwise: [TemplateStatement] = []
        if word == "else" {
            try expect(.blockEnd)
            (otherwise, word) = try statements(until: ["endfor"])
        }
        try expect(.blockEnd)
        return .loop(names: names, over: over, filter: filter, body: body, otherwise: otherwise)
    }

    private mutating func set() throws(TemplateProblem) -> TemplateStatement {
        var targets = [try target()]
        while takeSign(",") { targets.append(try target()) }
        if takeSign("=") {
            let value = try tupleExpression()
            try expect(.blockEnd)
            return .set(target: targets, value)
        }
        guard targets.count == 1 else { throw unexpected() }
        try expect(.blockEnd)
        let (body, _) = try statements(until: ["endset"])
        try expect(.blockEnd)
        return .setBlock(target: targets[0], body: body)
    }

    private mutating func target() throws(TemplateProblem) -> TemplateTarget {
        let own = try name()
        return TemplateTarget(name: own, attribute: takeSign(".") ? try name() : nil)
    }

    private mutating func macro() throws(TemplateProblem) -> TemplateStatement {
        let own = try name()
        try expect(.sign("("))
        var parameters: [(name: String, standard: TemplateExpression?)] = []
        while !takeSign(")") {
            if !parameters.isEmpty { try expect(.sign(",")) }
            let parameter = try name()
            parameters.append((parameter, takeSign("=") ? try expression() : nil))
        }
        try expect(.blockEnd)
        let (body, _) = try statements(until: ["endmacro"])
        try expect(.blockEnd)
        return .macro(TemplateMacro(name: own, parameters: parameters, body: body))
    }
}
