/// Texts from files and models, written so that a terminal shows them and does what nobody asked
/// for.
///
/// A control character in the name of a tensor, in data or in what a model wrote could clear the
/// screen, hide a line or change the title of the window.
enum TerminalText {
    /// A text with its control characters written out, as `\u{1B}`; line breaks and tabs stay.
    static func escaped(_ text: String) -> String {
        guard text.unicodeScalars.contains(where: isControl) else { return text }
        return text.unicodeScalars.reduce(into: "") { result, scalar in
            if isControl(scalar) {
                result += notation(scalar)
            } else {
                result.unicodeScalars.append(scalar)
            }
        }
    }

    /// As `escaped`, with line breaks and tabs written out too: a name that stays on its line.
    static func line(_ text: String) -> String {
        escaped(text).replacing("\n", with: "\\n").replacing("\t", with: "\\t")
    }

    /// JSON in which no control character stands as itself; it says the same.
    static func json(_ text: String) -> String {
        guard text.unicodeScalars.contains(where: isControl) else { return text }
        // They occur within strings alone, and all of them have four digits.
        return text.unicodeScalars.reduce(into: "") { result, scalar in
            if isControl(scalar) {
                let digits = String(scalar.value, radix: 16)
                result += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
            } else {
                result.unicodeScalars.append(scalar)
            }
        }
    }

    private static func notation(_ scalar: Unicode.Scalar) -> String {
        scalar == "\r" ? "\\r" : "\\u{\(String(scalar.value, radix: 16, uppercase: true))}"
    }

    /// C0 but for line feed and tab, DEL and C1; and what turns the direction of all that follows.
    private static func isControl(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.value {
        case 0x0A, 0x09: false
        case 0x00...0x1F, 0x7F...0x9F: true
        case 0x202A...0x202E, 0x2066...0x2069, 0x2028, 0x2029: true
        default: false
        }
    }
}
