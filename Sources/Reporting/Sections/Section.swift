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

    /// The figures of sections as files of their own.
    ///
    /// - Parameter sections: The sections of a report, whose identifiers are different.
    /// - Returns: The name of each file, by its section and title, and its SVG.
    static func figures(of sections: [Section]) -> [(name: String, svg: String)] {
        var seen: [String: Int] = [:]
        return sections.flatMap { section in
            section.content.flatMap(\.figures).map { figure in
                let words = figure.title.lowercased().split {
                    !$0.isASCII || !($0.isLetter || $0.isNumber)
                }
                let name = ([section.identifier] + words.map(String.init)).joined(separator: "-")
                seen[name, default: 0] += 1
                let number = seen[name].flatMap { $0 > 1 ? "-\($0)" : nil } ?? ""
                return ("\(name)\(number).svg", ChartSheet(figure).svg)
            }
        }
    }
}
