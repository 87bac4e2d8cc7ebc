/// Texts in Markdown that stay texts: no markup, no HTML, no line and no cell of a table more.
package enum MarkdownText {
    /// A text on one line, with what Markdown would take for markup written so that it is shown.
    package static func line(_ text: String) -> String {
        var result = ""
        var previous: Unicode.Scalar = " "
        let scalars = Array(text.unicodeScalars)
        for (place, scalar) in scalars.enumerated() {
            let next = place + 1 < scalars.count ? scalars[place + 1] : " "
            switch scalar {
            case "\n", "\r", "\t", "\u{2028}", "\u{2029}":
                if previous != " " { result += " " }
                previous = " "
                continue
            case "\u{0}"..."\u{1F}", "\u{7F}"..."\u{9F}": result += "\u{FFFD}"
            case "\\", "`", "*", "<", ">", "|", "~", "$", "&": result += "\\\(scalar)"
            // Between letters an underscore is one.
            case "_" where !(isWord(previous) && isWord(next)): result += "\\_"
            // Brackets alone are brackets, as around an interval; these begin a link.
            case "]" where ["(", "[", ":"].contains(next): result += "\\]"
            case "#" where result.isEmpty, "=" where result.isEmpty, ":" where result.isEmpty:
                result += "\\\(scalar)"
            // A list begins with one of these and a space, a rule with several.
            case "+" where result.isEmpty && next == " ",
                "-" where result.isEmpty && [" ", "-"].contains(next),
                "." where next == " " && isNumber(result),
                ")" where next == " " && isNumber(result):
                result += "\\\(scalar)"
            default: result.unicodeScalars.append(scalar)
            }
            previous = scalar
        }
        return result
    }

    /// Code, which ends at its first backtick and has none.
    package static func code(_ text: String) -> String {
        "`" + text.filter { $0 != "`" && !$0.isNewline } + "`"
    }

    private static func isWord(_ scalar: Unicode.Scalar) -> Bool {
        scalar.properties.isAlphabetic || scalar.properties.numericType != nil || scalar == "_"
    }

    /// Whether a line begins with digits alone, which with a point would begin a list.
    private static func isNumber(_ text: String) -> Bool {
        !text.isEmpty && text.count <= 9 && text.allSatisfy { $0.isASCII && $0.isNumber }
    }
}
