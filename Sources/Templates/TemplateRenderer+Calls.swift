extension TemplateRenderer {
    /// The values in the parentheses of a call.
    struct Arguments {
        var positional: [TemplateValue] = []
        var named: [(name: String, value: TemplateValue)] = []

        init(
            _ arguments: TemplateArguments,
            _ renderer: TemplateRenderer
        ) throws(TemplateProblem) {
            for part in arguments.positional { positional.append(try renderer.value(of: part)) }
            for part in arguments.named {
                named.append((part.name, try renderer.value(of: part.value)))
            }
        }

        /// The value at a place or under a name.
        func value(_ place: Int, _ name: String = "") -> TemplateValue? {
            place < positional.count
                ? positional[place] : named.last { $0.name == name }?.value
        }

        /// The text at a place.
        func text(_ place: Int, _ name: String = "") -> TemplateText? {
            if case .text(let text) = value(place, name) { text } else { nil }
        }
    }

    /// What a function or a method gives.
    func call(
        _ function: TemplateExpression,
        _ given: TemplateArguments
    ) throws(TemplateProblem) -> TemplateValue {
        if case .attribute(let base, let name) = function {
            return try method(name, of: try value(of: base), try Arguments(given, self))
        }
        let callee = try value(of: function)
        let arguments = try Arguments(given, self)
        switch callee {
        case .macro(let macro): return try call(macro, arguments.positional, arguments.named)
        case .function("raise_exception"):
            let words = try text(arguments.value(0) ?? .undefined("message")).string
            throw TemplateProblem("it says: \(words)")
        case .function("namespace"):
            let namespace = TemplateNamespace()
            for part in arguments.named { namespace.values[part.name] = part.value }
            return .namespace(namespace)
        case .function("dict"): return .mapping(arguments.named.map { ($0.name, $0.value) })
        case .function("range"):
            let bounds = arguments.positional.compactMap(\.whole)
            guard (1...2).contains(bounds.count), bounds.count == arguments.positional.count else {
                throw TemplateProblem("'range' needs one or two whole numbers")
            }
            let (start, end) = bounds.count == 1 ? (0, bounds[0]) : (bounds[0], bounds[1])
            guard start < end else { return .list([]) }
            guard end.subtractingReportingOverflow(start).partialValue <= 100_000, end - start > 0
            else { throw TemplateProblem("'range' has more than 100,000 numbers") }
            return .list((start..<end).map { .integer($0) })
        default: throw TemplateProblem("it calls \(callee.kind)")
        }
    }

    private func method(
        _ name: String,
        of base: TemplateValue,
        _ arguments: Arguments
    ) throws(TemplateProblem) -> TemplateValue {
        switch base {
        case .text(let text): return try method(name, of: text, arguments)
        case .mapping(let pairs):
            switch name {
            case "items": return .list(pairs.map { .list([TemplateValue($0.key), $0.value]) })
            case "keys": return .list(pairs.map { TemplateValue($0.key) })
            case "values": return .list(pairs.map(\.value))
            case "get":
                guard let key = arguments.text(0) else { break }
                return pairs.last { $0.key == key.string }?.value
                    ?? arguments.value(1, "default") ?? .none
            default: break
            }
        default: break
        }
        throw TemplateProblem("it calls '\(name)' of \(base.kind)")
    }

    private func method(
        _ name: String,
        of text: TemplateText,
        _ arguments: Arguments
    ) throws(TemplateProblem) -> TemplateValue {
        func wanted() throws(TemplateProblem) -> TemplateText {
            guard let found = arguments.text(0) else {
                throw TemplateProblem("'\(name)' needs a text")
            }
            return found
        }
        switch name {
        case "strip", "lstrip", "rstrip":
            return .text(
                text.stripped(
                    left: name != "rstrip",
                    right: name != "lstrip",
                    of: arguments.text(0)
                )
            )
        case "split":
            let most = arguments.value(1, "maxsplit")?.whole ?? -1
            let parts = text.split(arguments.text(0, "sep"), most: most < 0 ? .max : most)
            return .list(parts.map { .text($0) })
        case "startswith": return .flag(text.has(try wanted(), at: 0))
        case "endswith":
            let end = try wanted()
            return .flag(text.has(end, at: text.count - end.count))
        case "upper", "lower", "capitalize":
            return try filtered(.text(text), name, arguments)
        case "replace": return try filtered(.text(text), name, arguments)
        case "find": return .integer(text.firstIndex(of: try wanted()) ?? -1)
        case "join":
            guard let parts = arguments.value(0)?.parts else { break }
            return .text(try joined(parts, text))
        default: break
        }
        throw TemplateProblem("it calls '\(name)' of a text")
    }

    private func joined(
        _ parts: [TemplateValue],
        _ separator: TemplateText
    ) throws(TemplateProblem) -> TemplateText {
        var result = TemplateText()
        for (number, part) in parts.enumerated() {
            if number > 0 { result.append(separator) }
            result.append(try text(part))
            try step(making: result.count)
        }
        return result
    }

    /// A value behind a filter.
    func filtered(
        _ base: TemplateValue,
        _ name: String,
        _ arguments: Arguments
    ) throws(TemplateProblem) -> TemplateValue {
        switch name {
        case "trim":
            return .text(
                try text(base).stripped(left: true, right: true, of: arguments.text(0, "chars"))
            )
        case "upper":
            return .text(try text(base).mapped { scalar, _ in scalar.properties.uppercaseMapping })
        case "lower":
            return .text(try text(base).mapped { scalar, _ in scalar.properties.lowercaseMapping })
        case "capitalize":
            return .text(
                try text(base).mapped { scalar, index in
                    index == 0
                        ? scalar.properties.titlecaseMapping : scalar.properties.lowercaseMapping
                }
            )
        case "title":
            let own = try text(base)
            return .text(
                own.mapped { scalar, index in
                    let begins = index == 0 || Self.separatesWords(own.scalars[index - 1])
                    return begins
                        ? scalar.properties.titlecaseMapping : scalar.properties.lowercaseMapping
                }
            )
        case "replace":
            guard let old = arguments.text(0), let new = arguments.text(1) else { break }
            let result = try text(base).replacing(old, with: new)
            try step(making: result.count)
            return .text(result)
        case "string", "safe": return .text(try text(base))
        case "tojson":
            guard arguments.value(0, "indent") == nil, let json = base.json() else { break }
            return .text(json)
        case "default", "d":
            if case .undefined = base { return arguments.value(0) ?? TemplateValue("") }
            guard arguments.value(1, "boolean")?.isTrue == true, !base.isTrue else { return base }
            return arguments.value(0) ?? TemplateValue("")
        case "int":
            if let whole = base.whole { return .integer(whole) }
            if case .text(let text) = base,
                let whole = Int(text.stripped(left: true, right: true).string)
            {
                return .integer(whole)
            }
            return arguments.value(0, "default") ?? .integer(0)
        default: return try collected(base, name, arguments)
        }
        throw TemplateProblem("it filters \(base.kind) with '\(name)' in an unknown way")
    }

    /// Whether a word begins behind a character, for the filter `title`.
    private static func separatesWords(_ scalar: Unicode.Scalar) -> Bool {
        TemplateText.isSpace(scalar) || ["-", "(", "{", "[", "<"].contains(scalar)
    }

    /// A value with parts behind a filter.
    private func collected(
        _ base: TemplateValue,
        _ name: String,
        _ arguments: Arguments
    ) throws(TemplateProblem) -> TemplateValue {
        guard let parts = base.parts else {
            throw TemplateProblem("it filters \(base.kind) with '\(name)'")
        }
        switch name {
        case "length", "count": return .integer(parts.count)
        case "first": return parts.first ?? .undefined("first")
        case "last": return parts.last ?? .undefined("last")
        case "list": return .list(parts)
        case "reverse": return .list(parts.reversed())
        case "items":
            guard case .mapping(let pairs) = base else { break }
            return .list(pairs.map { .list([TemplateValue($0.key), $0.value]) })
        case "join":
            return .text(try joined(parts, arguments.text(0, "d") ?? TemplateText()))
        case "map":
            guard let attribute = arguments.text(1, "attribute") else { break }
            var values: [TemplateValue] = []
            for part in parts {
                guard case .mapping(let pairs) = part else { continue }
                values.append(
                    pairs.last { $0.key == attribute.string }?.value
                        ?? arguments.value(2, "default") ?? .undefined(attribute.string)
                )
            }
            return .list(values)
        case "selectattr", "rejectattr":
            guard let attribute = arguments.text(0) else { break }
            let rest = arguments.positional.dropFirst(2)
            var kept: [TemplateValue] = []
            for part in parts {
                guard case .mapping(let pairs) = part else { continue }
                let value =
                    pairs.last { $0.key == attribute.string }?.value ?? .undefined(attribute.string)
                var inner = arguments
                (inner.positional, inner.named) = (Array(rest), [])
                var holds = value.isTrue
                if let name = arguments.text(1) { holds = try test(value, name.string, inner) }
                if holds == (name == "selectattr") { kept.append(part) }
            }
            return .list(kept)
        default: break
        }
        throw TemplateProblem("it has the filter '\(name)', which is not supported")
    }

    /// Whether a test holds.
    func test(
        _ base: TemplateValue,
        _ name: String,
        _ arguments: Arguments
    ) throws(TemplateProblem) -> Bool {
        switch (name, base) {
        case ("defined", .undefined): return false
        case ("defined", _): return true
        case ("undefined", .undefined): return true
        case ("undefined", _): return false
        case ("none", .none), ("string", .text), ("boolean", .flag), ("integer", .integer),
            ("float", .number), ("number", .integer), ("number", .number), ("number", .flag),
            ("mapping", .mapping), ("sequence", .list), ("sequence", .text),
            ("sequence", .mapping), ("iterable", .list), ("iterable", .text),
            ("iterable", .mapping), ("iterable", .undefined), ("sequence", .undefined),
            ("true", .flag(true)), ("false", .flag(false)):
            return true
        case ("none", _), ("string", _), ("boolean", _), ("integer", _), ("float", _),
            ("number", _), ("mapping", _), ("sequence", _), ("iterable", _), ("true", _),
            ("false", _):
            return false
        case ("odd", _): return (base.whole ?? 0) % 2 != 0
        case ("even", _): return (base.whole ?? 1) % 2 == 0
        case ("eq", _), ("equalto", _), ("sameas", _):
            return arguments.value(0).map { base.isEqual(to: $0) } ?? false
        case ("ne", _): return arguments.value(0).map { !base.isEqual(to: $0) } ?? false
        case ("in", _):
            guard let whole = arguments.value(0) else { break }
            return try contains(whole, base)
        case ("divisibleby", _):
            guard let own = base.whole, let other = arguments.value(0)?.whole, other > 0 else {
                break
            }
            return own % other == 0
        default: break
        }
        throw TemplateProblem("it has the test '\(name)', which is not supported")
    }
}
