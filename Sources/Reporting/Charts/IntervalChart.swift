/// Values with intervals, one a row.
struct IntervalChart {
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
        /// Which colour of the palette, from 0.
        var color = 0
    }

    /// The rows from the top.
    var rows: [Row]
    /// What the numbers are.
    var axis: String
    /// A number to compare with, such as 0 for differences.
    var reference: Double?
    /// Decimals of the values.
    var digits = 3
    /// Whether values have a sign.
    var isDifference = false

    private static let rowHeight = 26.0
    private static let plotWidth = 290.0
    private static let characterWidth = 6.7

    /// The picture.
    var drawing: Drawing {
        let labels = Self.characterWidth * Double(rows.map(\.name.count).max() ?? 0) + 16
        let texts = rows.map(text)
        let values = Self.characterWidth * Double(texts.map(\.count).max() ?? 0) + 16
        let top = 8.0
        let bottom = top + Self.rowHeight * Double(rows.count)
        var drawing = Drawing(width: labels + Self.plotWidth + values, height: bottom + 44)
        let ends = rows.flatMap { row in
            [row.value] + (row.interval.map { [$0.lowerBound, $0.upperBound] } ?? [])
        }
        let scale = Axis(around: ends + [reference].compactMap { $0 })
        func x(_ value: Double) -> Double { labels + Self.plotWidth * scale.share(value) }
        for tick in scale.ticks {
            drawing.line((x(tick), top), (x(tick), bottom), style: "grid")
            drawing.text(
                scale.label(tick),
                x: x(tick),
                y: bottom + 16,
                anchor: "middle",
                style: "tick"
            )
        }
        if let reference {
            drawing.line((x(reference), top), (x(reference), bottom), style: "reference")
        }
        for (number, row) in rows.enumerated() {
            let y = top + Self.rowHeight * (Double(number) + 0.5)
            let weight = row.isEmphasized ? "label strong" : "label"
            drawing.text(row.name, x: labels - 10, y: y + 4, anchor: "end", style: weight)
            if let interval = row.interval {
                drawing.line(
                    (x(interval.lowerBound), y),
                    (x(interval.upperBound), y),
                    style: "whisker c\(row.color)"
                )
            }
            drawing.circle(
                x: x(row.value),
                y: y,
                radius: row.isEmphasized ? 6 : 4.5,
                style: "dot c\(row.color)",
                title: "\(row.name): \(texts[number])"
            )
            drawing.text(
                texts[number],
                x: labels + Self.plotWidth + 12,
                y: y + 4,
                style: "value"
            )
        }
        drawing.text(
            axis,
            x: labels + Self.plotWidth / 2,
            y: bottom + 36,
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
        DataTable(
            ["name", axis, "95 % low", "95 % high"],
            rows: rows.map { row in
                [
                    row.name, Format.number(row.value, 5),
                    row.interval.map { Format.number($0.lowerBound, 5) } ?? "",
                    row.interval.map { Format.number($0.upperBound, 5) } ?? "",
                ]
            }
        )
    }
}
