/// One part of a report.
struct Section {
    /// Its place in the page's address.
    var identifier: String
    /// Its title.
    var title: String
    /// What it shows.
    var content: [Markup]

    var markup: Markup {
        .element(
            "section",
            ["id": identifier, "aria-labelledby": "\(identifier)-title"],
            [.element("h2", ["id": "\(identifier)-title"], text: title)] + content
        )
    }

    /// A paragraph of words.
    static func paragraph(_ text: String) -> Markup { .element("p", [:], text: text) }

    /// Figures beside each other where there is room.
    static func grid(_ figures: [Figure]) -> Markup {
        .element("div", ["class": "figures"], figures.map(\.markup))
    }

    /// How the numbers of a section are made again.
    static func source(_ text: String, command: String) -> Markup {
        .element(
            "p",
            ["class": "source"],
            [.text("\(text) "), .element("code", [:], text: command)]
        )
    }
}
