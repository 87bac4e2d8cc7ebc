/// Values with intervals, one a row; several panels share one axis.
struct IntervalChart: Chart {
    /// One row.
    struct Row {
        /// What it is of.
        var name: String
        /// The value.
        var value: Double
        /// Its interval; nil when it is unknown.
        var interval: ClosedRange<Double>?
        /// Whether it is to stand out.
        var isEmphasized = false
        /// The colour.
        var tint = Tint.color(5)
        /// Whether its mark is filled: a value, or a difference that is hardly chance.
        var isSure = true
    }

    /// Rows under a title.
    struct Panel {
        /// What they are of.
        var title: String
        /// The rows from the top.
        var rows: [Row]
    }

    /// The panels from the left.
    var panels: [Panel]
    /// What the numbers are.
    var axis: String
    /// A number to compare with, such as 0 for differences.
    var reference: Double?
    /// What the axis has to reach, besides the values.
    var range: ClosedRange<Double>?
    /// Decimals of the values.
    var digits = 1
    /// Whether values have a sign.
    var isDifference = false
    /// What marks mean.
    var key = Key()

    private static let width = 350.0
    private static let top = 6.0
    private static let characterWidth = 6.7
    /// Names that are longer stand above their rows.
    private static let longestBeside = 14

    private var rows: [Row] { panels.flatMap(\.rows) }

    private var scale: Axis {
        let ends = rows.flatMap { row in
            [row.value] + (row.interval.map { [$0.lowerBound, $0.upperBound] } ?? [])
        }
        return Axis(
            around: ends + [reference].compactMap { $0 }
                + (range.map { [$0.lowerBound, $0.upperBound] } ?? []),
            count: 6
        )
    }

    /// One picture for each panel, all with the same axis.
    var drawings: [(title: String, drawing: Drawing)] {
        let scale = scale
        return panels.map { ($0.title, drawing(of: $0.rows, scale)) }
    }

    private func drawing(of panel: [Row], _ scale: Axis) -> Drawing {
        let longest = rows.map(\.name.count).max() ?? 0
        let isAbove = longest > Self.longestBeside
        let height = isAbove ? 36.0 : 26.0
        let labels = isAbove ? 18 : Self.characterWidth * Double(longest) + 18
        let values = Self.characterWidth * Double(rows.map { text($0).count }.max() ?? 0) + 18
        let plot = Self.width - labels - values
        let bottom = Self.top + height * Double(panel.count)
        var drawing = Drawing(width: Self.width, height: bottom + 42)
        func x(_ value: Double) -> Double { labels + plot * scale.share(value) }
        for (number, row) in panel.enumerated() where row.isEmphasized {
            drawing.rectangle(
                x: 0,
                y: Self.top + height * Double(number),
                width: Self.width,
                height: height,
                style: "focus",
                radius: 4
            )
        }
        for tick in scale.ticks {
            drawing.line((x(tick), Self.top), (x(tick), bottom), style: "grid")
            drawing.text(
                isDifference ? Format.signed(tick, scale.digits) : scale.label(tick),
                x: x(tick),
                y: bottom + 16,
                anchor: "middle",
                style: "tick"
            )
        }
        if let reference {
            drawing.line((x(reference), Self.top), (x(reference), bottom), style: "reference")
        }
        for (number, row) in panel.enumerated() {
            let above = Self.top + height * Double(number)
            let y = isAbove ? above + 25 : above + height / 2
            let weight = row.isEmphasized ? " strong" : ""
            drawing.text(
                row.name,
                x: isAbove ? 4 : labels - 12,
                y: isAbove ? above + 14 : y + 4,
                anchor: isAbove ? "start" : "end",
                style: isAbove ? "label above\(weight)" : "label\(weight)"
            )
            if let interval = row.interval {
                drawing.line(
                    (x(interval.lowerBound), y),
                    (x(interval.upperBound), y),
                    style: "whisker \(row.tint.name)"
                )
            }
            drawing.circle(
                x: x(row.value),
                y: y,
                radius: row.isEmphasized ? 5.5 : 4.5,
                style: row.tint.style(isSure: row.isSure),
                title: "\(row.name): \(text(row))"
            )
            drawing.text(
                text(row),
                x: Self.width - 4,
                y: y + 4,
                anchor: "end",
                style: "value\(weight)"
            )
        }
        drawing.text(
            axis,
            x: labels + plot / 2,
            y: bottom + 35,
            anchor: "middle",
            style: "axis"
        )
        return drawing
    }

    private func text(_ row: Row) -> String {
        isDifference ? Format.signed(row.value, digits) : Format.number(row.value, digits)
    }

    /// The numbers.
    var data: DataTable {
        let isOne = panels.count == 1
        return DataTable(
            (isOne ? [] : ["of"]) + ["name", axis, "95 % low", "95 % high"],
            rows: panels.flatMap { panel in
                panel.rows.map { row in
                    (isOne ? [] : [panel.title]) + [
                        row.name, Format.number(row.value, digits + 2),
                        row.interval.map { Format.number($0.lowerBound, digits + 2) } ?? "",
                        row.interval.map { Format.number($0.upperBound, digits + 2) } ?? "",
                    ]
                }
            },
            names: isOne ? 1 : 2
        )
    }
}
