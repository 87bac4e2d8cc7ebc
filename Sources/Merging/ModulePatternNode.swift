/// A part of a regular expression.
///
/// Understood are characters, `.`, classes in brackets, `\d`, `\w` and `\s` with their opposites,
/// groups, `|`, `^`, `$`, and repetitions, of which Python's greedy and lazy ones match the same
/// whole names.
indirect enum ModulePatternNode: Sendable {
    case character(Character)
    case start, end
    case sequence([ModulePatternNode])
    case choice([ModulePatternNode])
    /// At least and at most so often; without end where `most` is nil.
    case repeated(ModulePatternNode, least: Int, most: Int?)

    /// What one character of a name may be.
    enum Character: Sendable {
        case any
        case range(ClosedRange<Unicode.Scalar>)
        /// A letter behind a backslash that stands for a class, such as `d`; large for all others.
        case named(Unicode.Scalar)
        case oneOf([Character], isNegated: Bool)

        func contains(_ scalar: Unicode.Scalar) -> Bool {
            switch self {
            case .any: return scalar != "\n"
            case .range(let range): return range.contains(scalar)
            case .oneOf(let parts, let isNegated):
                return parts.contains { $0.contains(scalar) } != isNegated
            case .named(let letter):
                let properties = scalar.properties
                let isMember =
                    switch letter {
                    case "d", "D": properties.generalCategory == .decimalNumber
                    case "s", "S": properties.isWhitespace
                    default:
                        properties.isAlphabetic || properties.numericType != nil || scalar == "_"
                    }
                return isMember != ("A"..."Z").contains(letter)
            }
        }
    }

    /// Reads a whole expression.
    ///
    /// - Throws: `UnreadablePattern`.
    init(_ text: String) throws(UnreadablePattern) {
        var reader = ModulePatternReader(scalars: Array(text.unicodeScalars))
        self = try reader.whole()
    }
}

private struct ModulePatternReader {
    let scalars: [Unicode.Scalar]
    private var index = 0

    init(scalars: [Unicode.Scalar]) { self.scalars = scalars }

    mutating func whole() throws(UnreadablePattern) -> ModulePatternNode {
        let node = try choice()
        guard peek == nil else { throw UnreadablePattern("a bracket closes that none opens") }
        return node
    }

    private mutating func choice() throws(UnreadablePattern) -> ModulePatternNode {
        var nodes = [try sequence()]
        while take("|") { nodes.append(try sequence()) }
        return nodes.count == 1 ? nodes[0] : .choice(nodes)
    }

    private mutating func sequence() throws(UnreadablePattern) -> ModulePatternNode {
        var nodes: [ModulePatternNode] = []
        while let scalar = peek, scalar != "|", scalar != ")" {
            nodes.append(try repetition(of: single()))
        }
        return .sequence(nodes)
    }

    private mutating func single() throws(UnreadablePattern) -> ModulePatternNode {
        guard let scalar = next() else { throw UnreadablePattern("it ends too early") }
        switch scalar {
        case "(": return try group()
        case "[": return .character(try set())
        case ".": return .character(.any)
        case "^": return .start
        case "$": return .end
        case "\\":
            if take("A") { return .start }
            if take("Z") { return .end }
            return .character(try escaped())
        case "*", "+", "?": throw UnreadablePattern("'\(scalar)' repeats nothing")
        default: return .character(.range(scalar...scalar))
        }
    }

    private mutating func group() throws(UnreadablePattern) -> ModulePatternNode {
        if take("?"), !take(":") {
            guard take("P"), take("<") else {
                throw UnreadablePattern(
                    "'(?' is followed by something other than ':' and 'P<name>'"
                )
            }
            while let scalar = next(), scalar != ">" {}
        }
        let node = try choice()
        guard take(")") else { throw UnreadablePattern("a bracket is not closed") }
        return node
    }

    private mutating func escaped() throws(UnreadablePattern) -> ModulePatternNode.Character {
        guard let scalar = next() else { throw UnreadablePattern("it ends with a backslash") }
        if "dDwWsS".unicodeScalars.contains(scalar) { return .named(scalar) }
        // Python knows more letters, and digits refer to groups; punctuation stands for itself.
        guard !scalar.properties.isAlphabetic, scalar.properties.numericType == nil else {
            throw UnreadablePattern("'\\\(scalar)' is not known here")
        }
        return .range(scalar...scalar)
    }

    private mutating func set() throws(UnreadablePattern) -> ModulePatternNode.Character {
        let isNegated = take("^")
        // A bracket that closes at once stands for itself.
        var parts: [ModulePatternNode.Character] = take("]") ? [.range("]"..."]")] : []
        while !take("]") {
            let part = try setPart()
            guard case .range(let lower) = part, peek == "-", following != "]" else {
                parts.append(part)
                continue
            }
            index += 1
            guard case .range(let upper) = try setPart(), lower.lowerBound <= upper.lowerBound
            else {
                throw UnreadablePattern("the range from '\(lower.lowerBound)' has no end above it")
            }
            parts.append(.range(lower.lowerBound...upper.lowerBound))
        }
        return .oneOf(parts, isNegated: isNegated)
    }

    private mutating func setPart() throws(UnreadablePattern) -> ModulePatternNode.Character {
        if take("\\") { return try escaped() }
        guard let scalar = next() else { throw UnreadablePattern("a bracket is not closed") }
        return .range(scalar...scalar)
    }

    private mutating func repetition(
        of node: ModulePatternNode
    ) throws(UnreadablePattern) -> ModulePatternNode {
        guard let bounds = try bounds() else { return node }
        if take("+") { throw UnreadablePattern("it has a possessive repetition") }
        _ = take("?")
        if try self.bounds() != nil { throw UnreadablePattern("a repetition is repeated") }
        return .repeated(node, least: bounds.least, most: bounds.most)
    }

    /// How often what stands before is repeated; nil where it is not.
    private mutating func bounds() throws(UnreadablePattern) -> (least: Int, most: Int?)? {
        if take("*") { return (0, nil) }
        if take("+") { return (1, nil) }
        if take("?") { return (0, 1) }
        let start = index
        guard take("{") else { return nil }
        let least = number()
        let hasComma = take(",")
        let most = hasComma ? number() : least
        guard take("}"), hasComma || least != nil else {
            // In Python a bracket that holds no numbers stands for itself.
            index = start
            return nil
        }
        guard most.map({ (least ?? 0) <= $0 }) ?? true else {
            throw UnreadablePattern("a repetition ends before it begins")
        }
        return (least ?? 0, most)
    }

    /// A number of at most six digits; nil where there is none.
    private mutating func number() -> Int? {
        var digits = ""
        while let scalar = peek, ("0"..."9").contains(scalar), digits.count < 6 {
            digits.unicodeScalars.append(scalar)
            index += 1
        }
        return Int(digits)
    }

    private var peek: Unicode.Scalar? { index < scalars.count ? scalars[index] : nil }

    /// The scalar behind the next one.
    private var following: Unicode.Scalar? {
        index + 1 < scalars.count ? scalars[index + 1] : nil
    }

    private mutating func next() -> Unicode.Scalar? {
        guard let scalar = peek else { return nil }
        index += 1
        return scalar
    }

    private mutating func take(_ scalar: Unicode.Scalar) -> Bool {
        guard peek == scalar else { return false }
        index += 1
        return true
    }
}
