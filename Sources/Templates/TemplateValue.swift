/// A value in a chat template.
package enum TemplateValue {
    /// A name that nothing stands for.
    case undefined(String)
    /// Nothing.
    case none
    /// True or false.
    case flag(Bool)
    /// A whole number.
    case integer(Int)
    /// A number with a fraction.
    case number(Double)
    /// A text.
    case text(TemplateText)
    /// Values in order.
    case list([TemplateValue])
    /// Values under names, in order.
    case mapping([(key: String, value: TemplateValue)])
    /// Values that a template changes.
    case namespace(TemplateNamespace)
    /// A part of the template under a name.
    case macro(TemplateMacro)
    /// A function that templates may call.
    case function(String)

    /// Takes a text of the template.
    package init(_ text: String) { self = .text(TemplateText(text, isOwn: true)) }

    /// Whether a condition holds.
    var isTrue: Bool {
        switch self {
        case .undefined, .none: false
        case .flag(let flag): flag
        case .integer(let number): number != 0
        case .number(let number): number != 0
        case .text(let text): !text.isEmpty
        case .list(let values): !values.isEmpty
        case .mapping(let pairs): !pairs.isEmpty
        case .namespace, .macro, .function: true
        }
    }

    /// What it is, for errors.
    var kind: String {
        switch self {
        case .undefined(let name): "'\(name)', which is not defined,"
        case .none: "none"
        case .flag: "a flag"
        case .integer, .number: "a number"
        case .text: "a text"
        case .list: "a list"
        case .mapping: "a mapping"
        case .namespace: "a namespace"
        case .macro, .function: "a function"
        }
    }

    /// Equality as in Python.
    func isEqual(to other: TemplateValue) -> Bool {
        switch (self, other) {
        case (.none, .none), (.undefined, .undefined): true
        case (.text(let own), .text(let foreign)): own.isSame(as: foreign)
        case (.list(let own), .list(let foreign)):
            own.count == foreign.count && zip(own, foreign).allSatisfy { $0.isEqual(to: $1) }
        case (.mapping(let own), .mapping(let foreign)):
            own.count == foreign.count
                && own.allSatisfy { pair in
                    foreign.contains { $0.key == pair.key && $0.value.isEqual(to: pair.value) }
                }
        default:
            if let own = numeric, let foreign = other.numeric { own == foreign } else { false }
        }
    }

    /// A number, of which flags are two.
    var numeric: Double? {
        switch self {
        case .flag(let flag): flag ? 1 : 0
        case .integer(let number): Double(number)
        case .number(let number): number
        default: nil
        }
    }

    /// The whole number, of which flags are two.
    var whole: Int? {
        switch self {
        case .flag(let flag): flag ? 1 : 0
        case .integer(let number): number
        default: nil
        }
    }

    /// What a loop goes through; nil for a value without parts.
    var parts: [TemplateValue]? {
        switch self {
        case .undefined: []
        case .list(let values): values
        case .mapping(let pairs): pairs.map { TemplateValue($0.key) }
        case .text(let text): text.scalars.indices.map { .text(text[$0..<$0 + 1]) }
        default: nil
        }
    }

    /// The value in JSON, as `json.dumps` writes it.
    func json() -> TemplateText? {
        var result = TemplateText()
        func own(_ text: String) { result.append(TemplateText(text, isOwn: true)) }
        switch self {
        case .none: own("null")
        case .flag(let flag): own(flag ? "true" : "false")
        case .integer(let number): own("\(number)")
        case .number(let number): own("\(number)")
        case .text(let text):
            own("\"")
            result.append(text.mapped { scalar, _ in Self.jsonEscape(scalar) })
            own("\"")
        case .list(let values):
            own("[")
            for (number, value) in values.enumerated() {
                if number > 0 { own(", ") }
                guard let part = value.json() else { return nil }
                result.append(part)
            }
            own("]")
        case .mapping(let pairs):
            own("{")
            for (number, pair) in pairs.enumerated() {
                guard let key = TemplateValue(pair.key).json(), let value = pair.value.json() else {
                    return nil
                }
                if number > 0 { own(", ") }
                result.append(key)
                own(": ")
                result.append(value)
            }
            own("}")
        case .undefined, .namespace, .macro, .function: return nil
        }
        return result
    }

    private static func jsonEscape(_ scalar: Unicode.Scalar) -> String {
        switch scalar {
        case "\"": return "\\\""
        case "\\": return "\\\\"
        case "\n": return "\\n"
        case "\r": return "\\r"
        case "\t": return "\\t"
        case "\u{8}": return "\\b"
        case "\u{c}": return "\\f"
        default:
            guard scalar.value < 0x20 else { return String(scalar) }
            let digits = String(scalar.value, radix: 16)
            return "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
        }
    }
}

/// Values under names that a template changes inside of loops.
package final class TemplateNamespace {
    var values: [String: TemplateValue] = [:]
}

/// A part of a template under a name, with parameters and their defaults.
package struct TemplateMacro {
    let name: String
    let parameters: [(name: String, standard: TemplateExpression?)]
    let body: [TemplateStatement]
}
