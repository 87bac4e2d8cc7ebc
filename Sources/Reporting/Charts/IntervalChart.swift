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

    /// Where things stand in the picture of a panel.
    private struct Places {
        /// Whether names stand above their rows.
        var isAbove: Bool
        /// The height of a row.
        var height: Double
        /// Where the axis begins.
        var left: Double
        /// The length of the axis.
        var plot: Double
        /// Below the last row.
        var bottom: Double
        /// The axis.
        var scale: Axis

        /// The place of a number.
        func x(_ value: Double) -> Double { left + plot * scale.share(value) }

        /// The upper edge of a row.
        func top(_ row: Int) -> Double { IntervalChart.top + height * Double(row) }
    }

    private func places(_ rowCount: Int, _ scale: Axis) -> Places {
        let longest = rows.map(\.name.count).max() ?? 0
        let isAbove = longest > Self.longestBeside
        let height = isAbove ? 36.0 : 26.0
        let labels = isAbove ? 18 : Self.characterWidth * Double(longest) + 18
        let values = Self.characterWidth * Double(rows.map { text($0).count }.max() ?? 0) + 18
        return Places(
            isAbove: isAbove,
            height: height,
            left: labels,
            plot: Self.width - labels - values,
            bottom: Self.top + height * Double(rowCount),
            scale: scale
        )
    }

    private func drawing(of panel: [Row], _ scale: Axis) -> Drawing {
        let places = places(panel.count, scale)
        var drawing = Drawing(width: Self.width, height: places.bottom + 42)
        for (number, row) in panel.enumerated() where row.isEmphasized {
            drawing.rectangle(
                x: 0,
                y: places.top(number),
                width: Self.width,
                height: places.height,
                style: "focus",
                radius: 4
            )
        }
        drawGrid(in: &drawing, places)
        for (number, row) in panel.enumerated() { draw(row, number, in: &drawing, places) }
        drawing.text(
            axis,
            x: places.left + places.plot / 2,
            y: places.bottom + 35,
            anchor: "middle",
            style: "axis"
        )
        return drawing
    }

    /// The ticks of the axis with their numbers, and the number to compare with.
    private func drawGrid(in drawing: inout Drawing, _ places: Places) {
        for tick in places.scale.ticks {
            let x = places.x(tick)
            drawing.line((x, Self.top), (x, places.bottom), style: "grid")
            drawing.text(
                isDifference
                    ? Format.signed(tick, places.scale.digits) : places.scale.label(tick),
                x: x,
                y: places.bottom + 16,
                anchor: "middle",
                style: "tick"
            )
        }
        if let reference {
            let x = places.x(reference)
            drawing.line((x, Self.top), (x, places.bottom), style: "reference")
        }
    }

    /// The name of a row, its interval, its mark and its number.
    private func draw(_ row: Row, _ number: Int, in drawing: inout Drawing, _ places: Places) {
        let above = places.top(number)
        let y = places.isAbove ? above + 25 : above + places.height / 2
        let weight = row.isEmphasized ? " strong" : ""
        drawing.text(
            row.name,
            x: places.isAbove ? 4 : places.left - 12,
            y: places.isAbove ? above + 14 : y + 4,
            anchor: places.isAbove ? "start" : "end",
            style: places.isAbove ? "label above\(weight)" : "label\(weight)"
        )
        if let interval = row.interval {
            drawing.line(
                (places.x(interval.lowerBound), y),
                (places.x(interval.upperBound), y),
                style: "whisker \(row.tint.name)"
            )
        }
        drawing.circle(
            x: places.x(row.value),
            y: y,
            radius: row.isEmphasized ? 5.5 : 4.5,
            style: row.tint.style(isSure: row.isSure),
            title: "\(row.name): \(text(row))"
        )
        drawing.text(text(row), x: Self.width - 4, y: y + 4, anchor: "end", style: "value\(weight)")
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
