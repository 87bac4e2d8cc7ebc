/// Writes a template with values, as Jinja does in the sandbox of `transformers`.
final class TemplateRenderer {
    /// What a statement says of the loop around it.
    private enum Flow {
        case on
        case stop
        case next
    }

    /// No conversation is longer in characters, and no rendering takes more steps; a hostile
    /// template ends there.
    private static let longestText = 1 << 24
    private static let mostSteps = 2_000_000
    private static let deepestCall = 40

    private var scopes: [[String: TemplateValue]]
    private var output = TemplateText()
    private var steps = 0
    private var depth = 0

    init(values: [String: TemplateValue]) { scopes = [values] }

    /// The text of a template.
    ///
    /// - Throws: `TemplateProblem`.
    func text(of statements: [TemplateStatement]) throws(TemplateProblem) -> TemplateText {
        _ = try render(statements)
        return output
    }

    /// Counts work, and what it makes.
    func step(making count: Int = 0) throws(TemplateProblem) {
        steps += 1 + count / 64
        guard steps < Self.mostSteps, count < Self.longestText, output.count < Self.longestText
        else {
            throw TemplateProblem("it does not come to an end")
        }
    }

    private func render(_ statements: [TemplateStatement]) throws(TemplateProblem) -> Flow {
        for statement in statements {
            let flow = try render(statement)
            guard case .on = flow else { return flow }
        }
        return .on
    }

    private func render(_ statement: TemplateStatement) throws(TemplateProblem) -> Flow {
        try step()
        switch statement {
        case .text(let text): output.append(TemplateText(text, isOwn: true))
        case .output(let expression):
            output.append(try text(try value(of: expression)))
        case .condition(let cases, let otherwise):
            for (condition, body) in cases where try value(of: condition).isTrue {
                return try render(body)
            }
            return try render(otherwise)
        case .loop(let names, let over, let filter, let body, let otherwise):
            return try loop(names, try value(of: over), filter, body, otherwise)
        case .set(let targets, let expression):
            let found = try value(of: expression)
            guard targets.count > 1 else {
                try set(targets[0], found)
                break
            }
            guard let parts = found.parts, parts.count == targets.count else {
                throw TemplateProblem("it gives \(found.kind) to \(targets.count) names")
            }
            for (target, part) in zip(targets, parts) { try set(target, part) }
        case .setBlock(let target, let body):
            let text = try captured { () throws(TemplateProblem) in _ = try render(body) }
            try set(target, .text(text))
        case .macro(let macro): scopes[scopes.count - 1][macro.name] = .macro(macro)
        case .stop: return .stop
        case .next: return .next
        }
        return .on
    }

    /// What a body writes, apart from the text.
    private func captured(
        _ body: () throws(TemplateProblem) -> Void
    ) throws(TemplateProblem) -> TemplateText {
        let outer = output
        output = TemplateText()
        defer { output = outer }
        try body()
        return output
    }

    private func set(_ target: TemplateTarget, _ value: TemplateValue) throws(TemplateProblem) {
        guard let attribute = target.attribute else {
            scopes[scopes.count - 1][target.name] = value
            return
        }
        guard case .namespace(let namespace) = variable(target.name) else {
            throw TemplateProblem("'\(target.name)' is no namespace")
        }
        namespace.values[attribute] = value
    }

    private func loop(
        _ names: [String],
        _ over: TemplateValue,
        _ filter: TemplateExpression?,
        _ body: [TemplateStatement],
        _ otherwise: [TemplateStatement]
    ) throws(TemplateProblem) -> Flow {
        guard var parts = over.parts else { throw TemplateProblem("it goes through \(over.kind)") }
        if let filter {
            var kept: [TemplateValue] = []
            for part in parts {
                scopes.append(try Self.named(names, part))
                defer { scopes.removeLast() }
                if try value(of: filter).isTrue { kept.append(part) }
            }
            parts = kept
        }
        guard !parts.isEmpty else { return try render(otherwise) }
        for (index, part) in parts.enumerated() {
            try step()
            var scope = try Self.named(names, part)
            scope["loop"] = .mapping(Self.facts(index, of: parts))
            scopes.append(scope)
            defer { scopes.removeLast() }
            if case .stop = try render(body) { break }
        }
        return .on
    }

    private static func named(
        _ names: [String],
        _ part: TemplateValue
    ) throws(TemplateProblem) -> [String: TemplateValue] {
        guard names.count > 1 else { return [names[0]: part] }
        guard case .list(let parts) = part, parts.count == names.count else {
            throw TemplateProblem("it gives \(part.kind) to \(names.count) names")
        }
        return Dictionary(zip(names, parts)) { $1 }
    }

    private static func facts(
        _ index: Int,
        of parts: [TemplateValue]
    ) -> [(key: String, value: TemplateValue)] {
        [
            ("index", .integer(index + 1)), ("index0", .integer(index)),
            ("first", .flag(index == 0)), ("last", .flag(index == parts.count - 1)),
            ("length", .integer(parts.count)), ("revindex", .integer(parts.count - index)),
            ("revindex0", .integer(parts.count - index - 1)),
            ("previtem", index > 0 ? parts[index - 1] : .undefined("loop.previtem")),
            (
                "nextitem",
                index + 1 < parts.count ? parts[index + 1] : .undefined("loop.nextitem")
            ),
        ]
    }

    /// What a name stands for.
    func variable(_ name: String) -> TemplateValue {
        for scope in scopes.reversed() {
            if let value = scope[name] { return value }
        }
        return ["raise_exception", "namespace", "range", "dict"].contains(name)
            ? .function(name) : .undefined(name)
    }

    /// A value as it is written.
    func text(_ value: TemplateValue) throws(TemplateProblem) -> TemplateText {
        switch value {
        case .undefined: return TemplateText()
        case .text(let text): return text
        case .none: return TemplateText("None", isOwn: true)
        case .flag(let flag): return TemplateText(flag ? "True" : "False", isOwn: true)
        case .integer(let number): return TemplateText("\(number)", isOwn: true)
        case .number(let number): return TemplateText("\(number)", isOwn: true)
        case .list, .mapping, .namespace, .macro, .function:
            throw TemplateProblem("it writes \(value.kind)")
        }
    }

    /// What a macro writes.
    func call(
        _ macro: TemplateMacro,
        _ positional: [TemplateValue],
        _ named: [(name: String, value: TemplateValue)]
    ) throws(TemplateProblem) -> TemplateValue {
        depth += 1
        defer { depth -= 1 }
        guard depth < Self.deepestCall else { throw TemplateProblem("it calls itself without end") }
        var scope: [String: TemplateValue] = [:]
        for (index, parameter) in macro.parameters.enumerated() {
            if index < positional.count {
                scope[parameter.name] = positional[index]
            } else if let given = named.last(where: { $0.name == parameter.name }) {
                scope[parameter.name] = given.value
            } else if let standard = parameter.standard {
                scope[parameter.name] = try value(of: standard)
            } else {
                scope[parameter.name] = .undefined(parameter.name)
            }
        }
        let outer = scopes
        scopes = [scopes[0], scope]
        defer { scopes = outer }
        return .text(
            try captured { () throws(TemplateProblem) in _ = try render(macro.body) }
        )
    }
}
