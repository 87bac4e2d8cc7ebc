/// Numbers in a grid, coloured by size on one scale; several grids side by side share it.
struct HeatMap {
    /// One grid.
    struct Panel {
        /// What it is of.
        var title: String
        /// By row and column; nil where there is no number.
        var values: [[Double?]]
    }

    /// The grids from the left.
    var panels: [Panel]
    /// The names of the rows, the same in every grid.
    var rows: [String]
    /// The names of the columns.
    var columns: [String]
    /// What rows are.
    var rowAxis: String
    /// What columns are.
    var columnAxis: String
    /// What the numbers are.
    var quantity: String
    /// Decimals of the numbers.
    var digits = 2
    /// Whether colours begin at zero; otherwise at the smallest number.
    var beginsAtZero = true

    private static let cell = (width: 46.0, height: 25.0)
    private static let characterWidth = 6.7

    /// The picture.
    var drawing: Drawing {
        let labels =
            Self.characterWidth * Double(max(rows.map(\.count).max() ?? 0, rowAxis.count)) + 16
        let top = 46.0
        let gap = 26.0
        let width = Self.cell.width * Double(columns.count)
        let height = Self.cell.height * Double(rows.count)
        // The scale, and the words beside it.
        let legendEnd = labels + 140 + Self.characterWidth * Double(legendText.count)
        let total = labels + Double(panels.count) * (width + gap)
        var drawing = Drawing(width: max(total, legendEnd), height: top + height + 66)
        let numbers = panels.flatMap { $0.values.joined().compactMap { $0 } }.filter(\.isFinite)
        let low = beginsAtZero ? min(0, numbers.min() ?? 0) : numbers.min() ?? 0
        let high = numbers.max() ?? 1
        func share(_ value: Double) -> Double { high > low ? (value - low) / (high - low) : 0 }
        drawing.text(rowAxis, x: labels - 10, y: top - 8, anchor: "end", style: "axis")
        for (row, name) in rows.enumerated() {
            let y = top + Self.cell.height * (Double(row) + 0.5) + 4
            drawing.text(name, x: labels - 10, y: y, anchor: "end")
        }
        for (number, panel) in panels.enumerated() {
            let left = labels + Double(number) * (width + gap)
            drawing.text(panel.title, x: left, y: 16, style: "label strong")
            for (column, name) in columns.enumerated() {
                drawing.text(
                    name,
                    x: left + Self.cell.width * (Double(column) + 0.5),
                    y: top - 8,
                    anchor: "middle",
                    style: "tick"
                )
            }
            for (row, values) in panel.values.enumerated() {
                for (column, value) in values.enumerated() {
                    guard let value, value.isFinite else { continue }
                    let x = left + Self.cell.width * Double(column)
                    let y = top + Self.cell.height * Double(row)
                    let heat = share(value)
                    drawing.rectangle(
                        x: x + 0.5,
                        y: y + 0.5,
                        width: Self.cell.width - 1,
                        height: Self.cell.height - 1,
                        style: "cell",
                        heat: heat,
                        title: "\(panel.title), \(rows[row]), \(columns[column]): "
                            + Format.number(value, digits + 1)
                    )
                    drawing.text(
                        Format.number(value, digits),
                        x: x + Self.cell.width / 2,
                        y: y + Self.cell.height / 2 + 4,
                        anchor: "middle",
                        style: heat > 0.5 ? "in-cell hot" : "in-cell"
                    )
                }
            }
        }
        legend(in: &drawing, left: labels, y: top + height + 22, low: low, high: high)
        return drawing
    }

    private var legendText: String { "\(quantity); columns: \(columnAxis)" }

    private func legend(
        in drawing: inout Drawing,
        left: Double,
        y: Double,
        low: Double,
        high: Double
    ) {
        let steps = 20
        for step in 0..<steps {
            drawing.rectangle(
                x: left + 6 * Double(step),
                y: y,
                width: 6.5,
                height: 10,
                style: "cell",
                heat: Double(step) / Double(steps - 1)
            )
        }
        drawing.text(Format.number(low, digits), x: left, y: y + 25, style: "tick")
        drawing.text(
            Format.number(high, digits),
            x: left + 120,
            y: y + 25,
            anchor: "end",
            style: "tick"
        )
        drawing.text(legendText, x: left + 134, y: y + 9, style: "axis")
    }

    /// The numbers.
    var data: DataTable {
        DataTable(
            ["of", rowAxis, columnAxis, quantity],
            rows: panels.flatMap { panel in
                panel.values.enumerated().flatMap { row, values in
                    values.enumerated().map { column, value in
                        [
                            panel.title, rows[row], columns[column],
                            value.map { Format.number($0, 6) } ?? "",
                        ]
                    }
                }
            },
            names: 3
        )
    }
}
