/// What can be drawn: one picture, or several on the same scale.
protocol Chart: Sendable {
    /// The pictures with their titles; the title of a single one is empty.
    var drawings: [(title: String, drawing: Drawing)] { get }
    /// What colours and signs mean.
    var key: Key { get }
    /// The numbers.
    var data: DataTable { get }
}

/// Pictures with a title, what they say in words, a key and their data.
struct Figure: Sendable {
    /// What it shows, in a few words.
    var title: String
    /// How to read it, or what it says.
    var caption: String
    /// The pictures.
    var chart: any Chart
    /// More of the key than the chart knows.
    var extraKey = Key()

    /// The figure as HTML; pictures of a figure stand beside each other where there is room.
    var markup: Markup {
        let drawings = chart.drawings
        let panels = drawings.map { panel -> Markup in
            let name = panel.title.isEmpty ? title : "\(title), \(panel.title)"
            let picture = Markup.raw(panel.drawing.svg(label: "\(name). \(caption)"))
            let place =
                panel.drawing.isWide
                ? Markup.element(
                    "div",
                    ["class": "scroll", "tabindex": "0", "role": "region", "aria-label": name],
                    [picture]
                ) : picture
            let heading =
                panel.title.isEmpty
                ? Markup.none : .element("p", ["class": "panel-title"], text: panel.title)
            return .element("div", [:], [heading, place])
        }
        return .figure(
            self,
            .element(
                "figure",
                [:],
                [
                    .element("h3", [:], text: title),
                    panels.count == 1
                        ? panels[0] : .element("div", ["class": "panels"], panels),
                    key.markup,
                    caption.isEmpty ? .none : .element("figcaption", [:], text: caption),
                    .element(
                        "details",
                        [:],
                        [
                            .element("summary", [:], text: "Data"),
                            chart.data.markup(caption: title),
                        ]
                    ),
                ]
            )
        )
    }

    /// What all colours and signs of the pictures mean.
    var key: Key { Key(chart.key.entries + extraKey.entries) }
}
