/// A piece of HTML whose texts are escaped when it is made.
package struct Markup: Sendable {
    /// The HTML.
    package let html: String
    /// The figures in it, in order.
    let figures: [Figure]

    private init(html: String, figures: [Figure] = []) {
        self.html = html
        self.figures = figures
    }

    /// Nothing.
    package static let none = Markup(html: "")

    /// A text, shown as it is.
    package static func text(_ text: String) -> Markup { Markup(html: escaped(text)) }

    /// HTML or SVG that was made elsewhere; nothing of it may come from data.
    package static func raw(_ html: String) -> Markup { Markup(html: html) }

    /// A piece as the picture of a figure.
    static func figure(_ figure: Figure, _ markup: Markup) -> Markup {
        Markup(html: markup.html, figures: [figure])
    }

    /// An element with its contents.
    ///
    /// - Parameters:
    ///   - name: The name of the element.
    ///   - attributes: Names and values; an empty value is an attribute without one.
    ///   - content: What stands inside.
    /// - Returns: The element.
    package static func element(
        _ name: String,
        _ attributes: KeyValuePairs<String, String> = [:],
        _ content: [Markup]
    ) -> Markup {
        let inside = content.map(\.html).joined()
        return Markup(
            html: "<\(name)\(text(of: attributes))>\(inside)</\(name)>",
            figures: content.flatMap(\.figures)
        )
    }

    /// An element with a text.
    package static func element(
        _ name: String,
        _ attributes: KeyValuePairs<String, String> = [:],
        text: String
    ) -> Markup {
        element(name, attributes, [.text(text)])
    }

    /// An element that has no contents and no end.
    package static func single(
        _ name: String,
        _ attributes: KeyValuePairs<String, String> = [:]
    ) -> Markup {
        Markup(html: "<\(name)\(text(of: attributes))>")
    }

    /// Pieces one after the other.
    package static func group(_ parts: [Markup]) -> Markup {
        Markup(
            html: parts.map(\.html).joined(separator: "\n"),
            figures: parts.flatMap(\.figures)
        )
    }

    /// A text with `&`, `<`, `>` and quotes written so that they are only text.
    package static func escaped(_ text: String) -> String {
        var result = ""
        for character in text.unicodeScalars {
            switch character {
            case "&": result += "&amp;"
            case "<": result += "&lt;"
            case ">": result += "&gt;"
            case "\"": result += "&quot;"
            case "'": result += "&#39;"
            // Control characters are not allowed in HTML.
            case "\u{0}"..."\u{8}", "\u{B}", "\u{C}", "\u{E}"..."\u{1F}": result += "\u{FFFD}"
            default: result.unicodeScalars.append(character)
            }
        }
        return result
    }

    private static func text(of attributes: KeyValuePairs<String, String>) -> String {
        attributes.map { name, value in
            value.isEmpty ? " \(name)" : " \(name)=\"\(escaped(value))\""
        }.joined()
    }
}
