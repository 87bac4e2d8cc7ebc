import Foundation

/// Curves side by side in an SVG file of its own, which has its style inside.
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

    private let panels: [Panel]

    /// Panels of one row.
    private static let columns = 3

    /// Lays panels side by side, in rows of three; those without a point are left out.
    package init(_ panels: [Panel]) { self.panels = panels.filter { !$0.points.isEmpty } }

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
        let drawings = panels.map(\.chart.drawing)
        var (left, top, right) = (0.0, 0.0, 0.0)
        var parts: [String] = []
        for start in stride(from: 0, to: drawings.count, by: Self.columns) {
            let row = drawings[start..<min(start + Self.columns, drawings.count)]
            left = 0
            for drawing in row {
                let place = "\(Drawing.text(left)),\(Drawing.text(top))"
                parts.append("<g transform=\"translate(\(place))\">\(drawing.content)</g>")
                left += drawing.size.width
            }
            right = max(right, left)
            top += row.map(\.size.height).max() ?? 0
        }
        let width = Drawing.text(right)
        let height = Drawing.text(top)
        return """
            <svg xmlns="http://www.w3.org/2000/svg" width="\(width)" height="\(height)" \
            viewBox="0 0 \(width) \(height)" \(Self.style)
            \(Self.ground)
            <style>
            \(PageStyle.fileChart)
            </style>
            \(parts.joined(separator: "\n"))
            </svg>

            """
    }
}
