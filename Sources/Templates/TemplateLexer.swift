/// A word of a template.
enum TemplateToken: Equatable {
    /// Text as it is.
    case data(String)
    case outputBegin
    case outputEnd
    case blockBegin
    case blockEnd
    case name(String)
    case text(String)
    case integer(Int)
    case number(Double)
    case sign(String)
    case end
}

/// Cuts a template of Jinja into words, with the white space that `transformers` takes away around
/// blocks (`trim_blocks`, `lstrip_blocks`).
struct TemplateLexer {
    private let source: [Unicode.Scalar]
    private var index = 0
    private var tokens: [TemplateToken] = []
    private var data = String.UnicodeScalarView()
    /// Whether what follows stands at the beginning of a line.
    private var beginsLine = true

    /// The words of a template.
    ///
    /// - Throws: `TemplateProblem`.
    static func tokens(of text: String) throws(TemplateProblem) -> [TemplateToken] {
        var lines: [Unicode.Scalar] = []
        var previous: Unicode.Scalar?
        for scalar in text.unicodeScalars {
            if scalar == "\r" {
                lines.append("\n")
            } else if scalar != "\n" || previous != "\r" {
                lines.append(scalar)
            }
            previous = scalar
        }
        // One newline at the end belongs to the file and not to the template.
        if lines.last == "\n" { lines.removeLast() }
        var lexer = TemplateLexer(source: lines)
        try lexer.read()
        return lexer.tokens
    }

    private init(source: [Unicode.Scalar]) { self.source = source }

    private func follows(_ text: String) -> Bool {
        source[index...].starts(with: text.unicodeScalars)
    }

    private mutating func read() throws(TemplateProblem) {
        while index < source.count {
            if follows("{{") {
                try begin(isBlock: false)
                tokens.append(.outputBegin)
                try words(until: "}}")
                tokens.append(.outputEnd)
            } else if follows("{%") {
                try begin(isBlock: true)
                tokens.append(.blockBegin)
                try words(until: "%}")
                tokens.append(.blockEnd)
            } else if follows("{#") {
                try begin(isBlock: true)
                while index < source.count, !follows("#}") { index += 1 }
                guard index < source.count else { throw TemplateProblem("a comment has no end") }
                let strips = source[index - 1] == "-"
                index += 2
                end(strips: strips, trimsLine: true)
            } else {
                data.append(source[index])
                index += 1
            }
        }
        flush()
        tokens.append(.end)
    }

    /// Ends the text before a tag, and steps behind the beginning of the tag.
    private mutating func begin(isBlock: Bool) throws(TemplateProblem) {
        index += 2
        let sign = index < source.count ? source[index] : nil
        if sign == "-" {
            while let last = data.last, TemplateText.isSpace(last) { data.removeLast() }
        } else if isBlock, sign != "+" {
            stripLine()
        }
        if sign == "-" || sign == "+" { index += 1 }
        flush()
    }

    /// Takes away the white space between the beginning of the line and a block.
    private mutating func stripLine() {
        var kept = data
        while let last = kept.last, last != "\n", TemplateText.isSpace(last) { kept.removeLast() }
        if kept.last == "\n" || (kept.isEmpty && beginsLine) { data = kept }
    }

    private mutating func flush() {
        if !data.isEmpty { tokens.append(.data(String(data))) }
        data = String.UnicodeScalarView()
    }

    /// Steps behind the end of a tag and the white space that goes with it.
    private mutating func end(strips: Bool, trimsLine: Bool, keepsLine: Bool = false) {
        let start = index
        if strips {
            while index < source.count, TemplateText.isSpace(source[index]) { index += 1 }
        } else if trimsLine, !keepsLine, index < source.count, source[index] == "\n" {
            index += 1
        }
        beginsLine = index > start && source[index - 1] == "\n"
    }

    private mutating func words(until close: String) throws(TemplateProblem) {
        var depth = 0
        while index < source.count {
            if depth == 0 {
                for sign in ["", "-", "+"] where follows(sign + close) {
                    index += sign.unicodeScalars.count + 2
                    end(strips: sign == "-", trimsLine: close == "%}", keepsLine: sign == "+")
                    return
                }
            }
            let scalar = source[index]
            switch scalar {
            case _ where TemplateText.isSpace(scalar): index += 1
            case "'", "\"": tokens.append(.text(try text(closing: scalar)))
            case "0"..."9": try number()
            case "a"..."z", "A"..."Z", "_":
                let start = index
                while index < source.count, Self.isWord(source[index]) { index += 1 }
                tokens.append(.name(Self.string(source[start..<index])))
            default: try sign(&depth)
            }
        }
        throw TemplateProblem("a tag has no end '\(close)'")
    }

    private mutating func sign(_ depth: inout Int) throws(TemplateProblem) {
        for sign in ["**", "//", "==", "!=", "<=", ">="] where follows(sign) {
            index += 2
            tokens.append(.sign(sign))
            return
        }
        let sign = String(source[index])
        guard "+-*/%~<>=.,:|()[]{}".contains(sign) else {
            throw TemplateProblem("it has the sign '\(sign)' in a tag")
        }
        if "([{".contains(sign) { depth += 1 }
        if ")]}".contains(sign) { depth = max(depth - 1, 0) }
        index += 1
        tokens.append(.sign(sign))
    }

    private mutating func number() throws(TemplateProblem) {
        let start = index
        while index < source.count, ("0"..."9").contains(source[index]) || source[index] == "_" {
            index += 1
        }
        var isWhole = true
        if index + 1 < source.count, source[index] == ".", ("0"..."9").contains(source[index + 1]) {
            isWhole = false
            index += 1
            while index < source.count, ("0"..."9").contains(source[index]) { index += 1 }
        }
        let digits = Self.string(source[start..<index]).replacing("_", with: "")
        if isWhole, let value = Int(digits) {
            tokens.append(.integer(value))
        } else if let value = Double(digits) {
            tokens.append(.number(value))
        } else {
            throw TemplateProblem("'\(digits)' is no number")
        }
    }

    private mutating func text(closing: Unicode.Scalar) throws(TemplateProblem) -> String {
        index += 1
        var text = String.UnicodeScalarView()
        while index < source.count, source[index] != closing {
            if source[index] == "\\", index + 1 < source.count {
                index += 1
                try escape(into: &text)
            } else {
                text.append(source[index])
                index += 1
            }
        }
        guard index < source.count else { throw TemplateProblem("a text has no end") }
        index += 1
        return String(text)
    }

    private mutating func escape(into text: inout String.UnicodeScalarView) throws(TemplateProblem)
    {
        let scalar = source[index]
        index += 1
        let digits: Int
        switch scalar {
        case "n": return text.append("\n")
        case "t": return text.append("\t")
        case "r": return text.append("\r")
        case "b": return text.append("\u{8}")
        case "f": return text.append("\u{c}")
        case "v": return text.append("\u{b}")
        case "a": return text.append("\u{7}")
        case "0": return text.append("\0")
        case "\n": return
        case "\\", "'", "\"": return text.append(scalar)
        case "x": digits = 2
        case "u": digits = 4
        case "U": digits = 8
        // Python keeps the backslash of an escape that it does not know.
        default:
            text.append("\\")
            return text.append(scalar)
        }
        let end = min(index + digits, source.count)
        guard let value = UInt32(Self.string(source[index..<end]), radix: 16),
            let found = Unicode.Scalar(value), end == index + digits
        else { throw TemplateProblem("an escape in a text is no character") }
        text.append(found)
        index = end
    }

    private static func isWord(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar {
        case "a"..."z", "A"..."Z", "0"..."9", "_": true
        default: false
        }
    }

    private static func string(_ scalars: ArraySlice<Unicode.Scalar>) -> String {
        var view = String.UnicodeScalarView()
        view.append(contentsOf: scalars)
        return String(view)
    }
}
