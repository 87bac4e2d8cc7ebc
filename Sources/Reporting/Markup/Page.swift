/// A page that needs nothing but itself: style and script inside, no address outside.
struct Page {
    /// The title, as a window has it.
    var title: String
    /// The title on the page.
    var heading: String
    /// What stands below it.
    var subtitle: String
    /// A few facts in one line below both.
    var facts: [String] = []
    /// The language of its words.
    var language = "en"
    /// The parts.
    var sections: [Section]

    /// By this a page is known as one of ours.
    static let mark = "<meta name=\"generator\" content=\"layerswap\">"

    private var header: [Markup] {
        let bar = Markup.element("i", [:], [])
        return [
            .element(
                "p",
                ["class": "brand"],
                [
                    .element(
                        "span",
                        ["class": "glyph", "aria-hidden": "true"],
                        [bar, bar, bar, bar]
                    ),
                    .element(
                        "span",
                        [:],
                        [.element("b", [:], text: "LayerSwap"), .text(" report")]
                    ),
                ]
            ), .element("h1", [:], text: heading),
            subtitle.isEmpty ? .none : .element("p", [:], text: subtitle),
            facts.isEmpty
                ? .none
                : .element("p", ["class": "facts"], text: facts.joined(separator: " · ")),
        ]
    }

    /// The text of the file.
    var html: String {
        let links = sections.map { section in
            Markup.element(
                "li",
                [:],
                [.element("a", ["href": "#\(section.identifier)"], text: section.title)]
            )
        }
        let body = Markup.group([
            .element("a", ["class": "skip", "href": "#main"], text: "To the content"),
            .element("header", [:], header),
            .element(
                "nav",
                ["aria-label": "Contents"],
                [.element("ol", [:], [.group(links)])]
            ),
            .element("main", ["id": "main"], sections.map(\.markup)),
        ])
        return """
            <!doctype html>
            <html lang="\(language)">
            <head>
            <meta charset="utf-8">
            <meta name="viewport" content="width=device-width, initial-scale=1">
            <meta name="color-scheme" content="light dark">
            \(Self.mark)
            <link rel="icon" href="data:,">
            <title>\(Markup.escaped(title))</title>
            <style>
            \(PageStyle.text)
            \(PageStyle.report)
            </style>
            </head>
            <body class="report">
            \(body.html)
            <script>
            \(PageScript.text)
            </script>
            </body>
            </html>

            """
    }
}
