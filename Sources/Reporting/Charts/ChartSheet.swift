import Foundation

/// Pictures side by side in an SVG file of its own, which has its style inside.
package struct ChartSheet {
    /// One curve over places at equal distances, with its values beside the points.
    package struct Panel: Sendable {
        /// What it shows.
        package var title: String
        /// What the places are.
        package var xAxis: String
        /// The names of the places and the values there, from the left.
        package var points: [(name: String, value: Double)]

        /// Describes a panel.
        package init(title: String, xAxis: String, points: [(name: String, value: Double)]) {
            self.title = title
            self.xAxis = xAxis
            self.points = points
        }

        var chart: LineChart {
            LineChart(
                series: [
                    LineChart.Series(
                        name: "",
                        points: points.enumerated().map { .init(x: Double($0), y: $1.value) },
                        color: 0
                    )
                ],
                xAxis: xAxis,
                yAxis: title,
                names: points.enumerated().map { (x: Double($0), name: $1.name) },
                includesZero: true,
                showsValues: true,
                plot: (width: 260, height: 180)
            )
        }
    }

    private let title: String
    private let panels: [(title: String, drawing: Drawing)]
    private let key: Key
    /// Panels of one row.
    private let columns: Int

    /// Lays curves side by side, in rows of three; those without a point are left out.
    package init(_ panels: [Panel]) {
        title = ""
        self.panels = panels.filter { !$0.points.isEmpty }.map { ("", $0.chart.drawing) }
        key = Key()
        columns = 3
    }

    /// Lays the pictures of a figure side by side, in rows of two, with its title above and its key
    /// below.
    init(_ figure: Figure) {
        title = figure.title
        panels = figure.chart.drawings
        key = figure.key
        columns = 2
    }

    /// How every sheet begins, by which it is known.
    private static let style = "font-family=\"sans-serif\" font-size=\"11\" fill=\"#222\">"
    private static let ground = "<rect width=\"100%\" height=\"100%\" fill=\"#fff\"/>"

    /// Whether a file is a sheet.
    package static func isSheet(_ data: Data) -> Bool {
        let text = String(decoding: data.prefix(1 << 12), as: UTF8.self)
        return text.hasPrefix("<svg ") && text.contains("\(style)\n\(ground)")
    }

    /// The picture as the text of a file.
    package var svg: String {
        var layout = SheetLayout()
        if !title.isEmpty { layout.add(Self.line(title, style: "strong")) }
        for start in stride(from: 0, to: panels.count, by: columns) {
            layout.add(panels[start..<min(start + columns, panels.count)].map(Self.drawing))
        }
        layout.add(key, width: max(layout.width, Self.narrowest))
        let width = Drawing.text(layout.width)
        let height = Drawing.text(layout.height)
        return """
            <svg xmlns="http://www.w3.org/2000/svg" width="\(width)" height="\(height)" \
            viewBox="0 0 \(width) \(height)" \(Self.style)
            \(Self.ground)
            <style>
            \(PageStyle.file)
            </style>
            \(layout.parts.joined(separator: "\n"))
            </svg>

            """
    }

    /// Keys are at least as wide as this.
    private static let narrowest = 320.0

    /// A panel, below its title where it has one.
    private static func drawing(_ panel: (title: String, drawing: Drawing)) -> SheetLayout {
        var layout = SheetLayout()
        if !panel.title.isEmpty { layout.add(line(panel.title, style: "label")) }
        layout.add(panel.drawing)
        return layout
    }

    private static func line(_ text: String, style: String) -> Drawing {
        var line = Drawing(width: SheetLayout.width(of: text) + 12, height: 22)
        line.text(text, x: 6, y: 15, style: style)
        return line
    }
}
