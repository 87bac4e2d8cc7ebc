/// Expressions of Oniguruma in the words of PCRE2, with the same matches.
///
/// `tokenizers` searches with Oniguruma. Both agree on most of the syntax; what differs is written
/// out, and what cannot be is refused: white space (PCRE2 counts U+180E), word characters, `\v`,
/// `\h`, scripts, sets within sets, `{1,3}+`, and `(?m)`.
struct OnigurumaSyntax {
    /// The property White_Space of Unicode, in the words of a set.
    private static let space =
        #"\x{9}-\x{d}\x{20}\x{85}\x{a0}\x{1680}\x{2000}-\x{200a}\x{2028}\x{2029}\x{202f}\x{205f}"#
        + #"\x{3000}"#
    /// All other characters.
    private static let noSpace =
        #"\x{0}-\x{8}\x{e}-\x{1f}\x{21}-\x{84}\x{86}-\x{9f}\x{a1}-\x{167f}\x{1681}-\x{1fff}"#
        + #"\x{200b}-\x{2027}\x{202a}-\x{202e}\x{2030}-\x{205e}\x{2060}-\x{2fff}\x{3001}-\x{10ffff}"#
    /// Oniguruma counts the small numbers of Latin-1 among the characters of words.
    private static let word =
        #"\p{Alphabetic}\p{M}\p{Nd}\p{Pc}\x{b2}\x{b3}\x{b9}\x{bc}-\x{be}"#
        + ["L", "M", "Nd"].map(NewerUnicode.members).joined()
    private static let hexadecimal = "0-9a-fA-F"

    private let source: [Character]
    private var index = 0
    private var output = ""
    private var isInSet = false

    private typealias Refusal = RegularExpression.Refusal

    /// The expression for PCRE2.
    ///
    /// - Throws: `RegularExpression.Refusal`.
    static func translated(_ text: String) throws(RegularExpression.Refusal) -> String {
        // Scalars and not characters: `\r\n` in a set is two of them.
        var syntax = OnigurumaSyntax(source: text.unicodeScalars.map(Character.init))
        while syntax.index < syntax.source.count { try syntax.step() }
        return syntax.output
    }

    private init(source: [Character]) { self.source = source }

    private func peek(_ offset: Int = 0) -> Character? {
        index + offset < source.count ? source[index + offset] : nil
    }

    private func follows(_ text: String) -> Bool {
        source[index...].starts(with: Array(text))
    }

    private mutating func step() throws(RegularExpression.Refusal) {
        let character = source[index]
        switch character {
        case "\\": try escape()
        case "[" where !isInSet: beginSet()
        case "[":
            try namedSet()
        case "]" where isInSet:
            isInSet = false
            copy()
        case "&" where isInSet && follows("&&"):
            throw Refusal(reason: "it has an intersection of sets")
        case "(" where !isInSet && follows("(?"): try group()
        case "{" where !isInSet && follows("{,"):
            throw Refusal(reason: "it has a repetition without a least number")
        case "}" where !isInSet && follows("}+"):
            throw Refusal(reason: "it repeats a repetition")
        default: copy()
        }
    }

    private mutating func copy(_ count: Int = 1) {
        output.append(contentsOf: source[index..<min(index + count, source.count)])
        index += count
    }

    private mutating func beginSet() {
        isInSet = true
        copy()
        if peek() == "^" { copy() }
        // A bracket that comes first is itself.
        if peek() == "]" { copy() }
    }

    /// A set by its name, such as `[:alpha:]`, within a set.
    private mutating func namedSet() throws(RegularExpression.Refusal) {
        let names: [String: String] = [
            "[:alpha:]": #"\p{Alphabetic}"# + NewerUnicode.members(of: "L"),
            "[:digit:]": #"\p{Nd}"# + NewerUnicode.members(of: "Nd"), "[:space:]": Self.space,
            "[:punct:]": #"\p{P}\p{S}"# + ["P", "S"].map(NewerUnicode.members).joined(),
        ]
        guard let name = names.first(where: { follows($0.key) }) else {
            throw Refusal(reason: "it has a set within a set")
        }
        output += name.value
        index += name.key.count
    }

    private mutating func group() throws(RegularExpression.Refusal) {
        let plain = ["(?:", "(?=", "(?!", "(?<", "(?>", "(?#"]
        if plain.contains(where: follows) { return copy(3) }
        var options = index + 2
        while options < source.count, "ix-".contains(source[options]) { options += 1 }
        guard options < source.count, options > index + 2, ":)".contains(source[options]) else {
            throw Refusal(reason: "it has a group of an unknown kind")
        }
        copy(options + 1 - index)
    }

    private mutating func escape() throws(RegularExpression.Refusal) {
        guard let character = peek(1) else { throw Refusal(reason: "it ends with a backslash") }
        index += 2
        switch character {
        case "s": add(Self.space, outside: "[")
        case "S": isInSet ? output += Self.noSpace : add(Self.space, outside: "[^")
        case "w": add(Self.word, outside: "[")
        case "h": add(Self.hexadecimal, outside: "[")
        case "d": addProperty("Nd", isNegated: false)
        case "D": addProperty("Nd", isNegated: true)
        case "v": output += #"\x{b}"#
        case "W" where !isInSet: add(Self.word, outside: "[^")
        case "H" where !isInSet: add(Self.hexadecimal, outside: "[^")
        case "b" where isInSet: output += #"\x{8}"#
        case "b", "B":
            let word = "[\(Self.word)]"
            output +=
                character == "b"
                ? "(?:(?<=\(word))(?!\(word))|(?<!\(word))(?=\(word)))"
                : "(?:(?<=\(word))(?=\(word))|(?<!\(word))(?!\(word)))"
        case "p", "P": try property(isNegated: character == "P")
        case "u": try codePoint()
        case "x", "n", "r", "t", "f", "a", "e", "A", "z", "Z", "G", "0"..."9":
            output += "\\\(character)"
        case let other where other.isASCII && (other.isLetter || other.isNumber):
            throw Refusal(reason: "it has '\\\(other)'")
        default: output += "\\\(character)"
        }
    }

    /// Adds members of a set, with brackets outside of one.
    private mutating func add(_ members: String, outside opening: String) {
        output += isInSet ? members : "\(opening)\(members)]"
    }

    private mutating func codePoint() throws(RegularExpression.Refusal) {
        let digits = String(source[index..<min(index + 4, source.count)])
        guard digits.count == 4, digits.allSatisfy(\.isHexDigit) else {
            throw Refusal(reason: "'\\u' has no four digits")
        }
        index += 4
        output += "\\x{\(digits)}"
    }

    /// A property of Unicode: a category of one or two letters, or a script.
    private mutating func property(isNegated: Bool) throws(RegularExpression.Refusal) {
        guard peek() == "{", let end = source[index...].firstIndex(of: "}") else {
            throw Refusal(reason: "'\\p' has no name in braces")
        }
        var name = String(source[(index + 1)..<end])
        index = end + 1
        var isNegated = isNegated
        if name.hasPrefix("^") {
            name.removeFirst()
            isNegated.toggle()
        }
        guard !name.isEmpty, name.allSatisfy({ $0.isASCII && ($0.isLetter || $0 == "_") }) else {
            throw Refusal(reason: "'\\p{\(name)}' is no name of a property")
        }
        addProperty(name, isNegated: isNegated)
    }

    private mutating func addProperty(_ name: String, isNegated: Bool) {
        let isAlphabetic = ["Alphabetic", "Alpha"].contains(name)
        let own = isAlphabetic ? "Alphabetic" : name.count <= 2 ? name : "sc:\(name)"
        let newer = NewerUnicode.members(of: isAlphabetic ? "L" : name)
        if newer.isEmpty || (isInSet && isNegated) {
            output += "\\\(isNegated ? "P" : "p"){\(own)}"
        } else {
            add("\\p{\(own)}\(newer)", outside: isNegated ? "[^" : "[")
        }
    }
}
