/// Numbers in a grid, coloured by size on one scale; several grids share it.
struct HeatMap: Chart {
    /// One grid.
    struct Panel {
        /// What it is of.
        var title: String
        /// By row and column; nil where there is no number.
        var values: [[Double?]]
    }

    /// Where colours begin.
    enum Scale {
        /// At zero, or below it where a number is.
        case zero
        /// At the smallest number.
        case smallest
        /// At zero in both directions: one colour for what is above, another for what is below, and
        /// the same distance from zero is as strong in both.
        case aroundZero
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
    /// Where colours begin.
    var scale = Scale.zero

    private static let height = 24.0
    private static let characterWidth = 6.7
    /// As wide as a phone, which a grid of few columns need not be.
    private static let page = 350.0

    /// The numbers at the ends of the scale.
    private var ends: (low: Double, high: Double) {
        let numbers = panels.flatMap { $0.values.joined().compactMap { $0 } }.filter(\.isFinite)
        let (low, high) = (numbers.min() ?? 0, numbers.max() ?? 1)
        switch scale {
        case .zero: return (min(0, low), high)
        case .smallest: return (low, high)
        case .aroundZero:
            let largest = max(abs(low), abs(high))
            return (-largest, largest)
        }
    }

    /// The class of a number and how much of its colour it has.
    private func style(
        of value: Double,
        _ ends: (low: Double, high: Double)
    ) -> (name: String, heat: Double) {
        guard ends.high > ends.low else { return ("cell", 0) }
        guard scale == .aroundZero else {
            return ("cell", (value - ends.low) / (ends.high - ends.low))
        }
        return (value < 0 ? "below" : "cell", abs(value) / ends.high)
    }

    /// One picture for each grid.
    var drawings: [(title: String, drawing: Drawing)] {
        let ends = ends
        return panels.map { ($0.title, drawing(of: $0, ends)) }
    }

    private func drawing(of panel: Panel, _ ends: (low: Double, high: Double)) -> Drawing {
        let labels =
            Self.characterWidth * Double(max(rows.map(\.count).max() ?? 0, rowAxis.count)) + 14
        let count = Double(max(1, columns.count))
        let names = Self.characterWidth * Double(columns.map(\.count).max() ?? 0) + 6
        let cell = max(min(46, (Self.page - labels - 4) / count), max(32, names))
        let top = 24.0
        var drawing = Drawing(
            width: labels + cell * count + 4,
            height: top + Self.height * Double(rows.count) + 22
        )
        drawing.text(
            columnAxis,
            x: labels + cell * count / 2,
            y: top + Self.height * Double(rows.count) + 16,
            anchor: "middle",
            style: "axis"
        )
        drawing.text(rowAxis, x: labels - 10, y: top - 8, anchor: "end", style: "axis")
        for (row, name) in rows.enumerated() {
            let y = top + Self.height * (Double(row) + 0.5) + 4
            drawing.text(name, x: labels - 10, y: y, anchor: "end")
        }
        for (column, name) in columns.enumerated() {
            drawing.text(
                name,
                x: labels + cell * (Double(column) + 0.5),
                y: top - 8,
                anchor: "middle",
                style: "tick"
            )
        }
        for (row, values) in panel.values.enumerated() {
            for (column, value) in values.enumerated() {
                guard let value, value.isFinite else { continue }
                let x = labels + cell * Double(column)
                let y = top + Self.height * Double(row)
                let style = style(of: value, ends)
                drawing.rectangle(
                    x: x + 0.5,
                    y: y + 0.5,
                    width: cell - 1,
                    height: Self.height - 1,
                    style: style.name,
                    heat: style.heat,
                    title: "\(panel.title), \(rows[row]), \(columns[column]): "
                        + Format.number(value, digits + 1)
                )
                drawing.text(
                    Format.number(value, digits),
                    x: x + cell / 2,
                    y: y + Self.height / 2 + 4,
                    anchor: "middle",
                    style: "in-cell"
                )
            }
        }
        return drawing
    }

    /// The scale, with zero in its middle where it has two directions.
    var key: Key {
        let ends = ends
        let scale = Key.Entry.scale(
            "\(quantity): \(Format.number(ends.low, digits))",
            Format.number(ends.high, digits)
        ) { share in style(of: ends.low + share * (ends.high - ends.low), ends) }
        return Key([scale])
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
