import Foundation

/// Numbers at places of a plane: the places, a smooth surface between them, and the lines on which
/// it is zero or another round number.
///
/// The surface is the mean of the numbers, weighted by a Gaussian of the distance on axes of length
/// 1 (Nadaraya, 1964; Watson, 1964). It is drawn near places alone: elsewhere nothing is known.
struct ContourMap: Chart {
    /// One number.
    struct Point {
        /// Its name.
        var name: String
        /// Its place.
        var x: Double
        var y: Double
        /// The number.
        var value: Double
        /// Whether it is surely not zero.
        var isSure: Bool
    }

    /// One plane.
    struct Panel {
        /// Its title; empty where it is the only one.
        var title: String
        /// The numbers.
        var points: [Point]
    }

    /// The planes, which have the same axes and colours.
    var panels: [Panel]
    /// What the places are from left to right.
    var xAxis: String
    /// What the places are from below.
    var yAxis: String
    /// What the numbers are.
    var quantity: String

    private static let plot = (width: 320.0, height: 260.0)
    private static let left = 56.0
    private static let top = 30.0
    /// Cells of the surface.
    private static let cells = (columns: 52, rows: 38)

    /// Shades from zero to the largest number: more than an eye tells apart.
    private static let shades = 50.0

    var drawings: [(title: String, drawing: Drawing)] {
        panels.map { ($0.title, drawing(of: $0.points)) }
    }

    private var all: [Point] { panels.flatMap(\.points) }

    /// The numbers of all planes.
    private var scale: Axis { Axis(around: all.map(\.value), includesZero: true) }

    /// The largest number on either side of zero.
    private var largest: Double {
        max(abs(scale.range.lowerBound), abs(scale.range.upperBound))
    }

    /// Neighbours in a row that have one shade, so that a file has few rectangles.
    private static func runs(
        in row: Int,
        of surface: Surface,
        largest: Double
    ) -> [(columns: Range<Int>, shade: Int)] {
        (0..<cells.columns).reduce(into: []) { runs, column in
            guard let value = surface[column, row] else { return }
            let shade = largest > 0 ? Int((value / largest * shades).rounded()) : 0
            if let last = runs.last, last.shade == shade, last.columns.upperBound == column {
                runs[runs.count - 1].columns = last.columns.lowerBound..<(column + 1)
            } else {
                runs.append((column..<(column + 1), shade))
            }
        }
    }

    private func drawing(of points: [Point]) -> Drawing {
        let plot = Self.plot
        let (right, bottom) = (Self.left + plot.width, Self.top + plot.height)
        var drawing = Drawing(width: right + 24, height: bottom + 46)
        let axes = (x: Self.axis(all.map(\.x)), y: Self.axis(all.map(\.y)))
        let (scale, largest) = (scale, largest)
        func place(_ x: Double, _ y: Double) -> (x: Double, y: Double) {
            (Self.left + plot.width * x, bottom - plot.height * y)
        }
        let surface = Surface(
            points.map { (axes.x.share($0.x), axes.y.share($0.y), $0.value) },
            columns: Self.cells.columns,
            rows: Self.cells.rows
        )
        let size = (
            width: plot.width / Double(Self.cells.columns),
            height: plot.height / Double(Self.cells.rows)
        )
        for row in 0..<Self.cells.rows {
            for run in Self.runs(in: row, of: surface, largest: largest) {
                drawing.rectangle(
                    x: Self.left + size.width * Double(run.columns.lowerBound),
                    y: bottom - size.height * Double(row + 1),
                    // Without a gap of a hair between neighbours.
                    width: size.width * Double(run.columns.count) + 0.3,
                    height: size.height + 0.3,
                    style: run.shade < 0 ? "behind" : "ahead",
                    heat: abs(Double(run.shade)) / Self.shades
                )
            }
        }
        for level in scale.ticks {
            for (from, to) in surface.contour(at: level) {
                drawing.line(
                    place(from.x, from.y),
                    place(to.x, to.y),
                    style: abs(level) < 1e-12 ? "contour zero" : "contour"
                )
            }
        }
        frame(in: &drawing, axes.x, axes.y)
        for point in points {
            let (x, y) = place(axes.x.share(point.x), axes.y.share(point.y))
            drawing.circle(
                x: x,
                y: y,
                radius: 4.5,
                style: point.isSure ? "mark sure" : "mark",
                title: "\(point.name): \(Format.signed(point.value))"
            )
            drawing.text(
                Format.signed(point.value, 1),
                x: x,
                y: y - 9,
                anchor: "middle",
                style: "in-cell"
            )
        }
        return drawing
    }

    /// An axis that ends a little beyond the last places, so that no mark lies on its line.
    private static func axis(_ values: [Double]) -> Axis {
        guard let low = values.min(), let high = values.max() else { return Axis(around: values) }
        let margin = 0.04 * (high - low)
        return Axis(around: [low - margin, high + margin])
    }

    /// Both axes with their round numbers.
    private func frame(in drawing: inout Drawing, _ xScale: Axis, _ yScale: Axis) {
        let (right, bottom) = (Self.left + Self.plot.width, Self.top + Self.plot.height)
        for tick in xScale.ticks {
            let x = Self.left + Self.plot.width * xScale.share(tick)
            drawing.line((x, bottom), (x, bottom + 5), style: "grid")
            drawing.text(
                xScale.label(tick),
                x: x,
                y: bottom + 18,
                anchor: "middle",
                style: "tick"
            )
        }
        for tick in yScale.ticks {
            let y = bottom - Self.plot.height * yScale.share(tick)
            drawing.line((Self.left - 5, y), (Self.left, y), style: "grid")
            drawing.text(
                yScale.label(tick),
                x: Self.left - 9,
                y: y + 4,
                anchor: "end",
                style: "tick"
            )
        }
        drawing.line((Self.left, bottom), (right, bottom), style: "grid")
        drawing.line((Self.left, Self.top), (Self.left, bottom), style: "grid")
        drawing.text(yAxis, x: 6, y: 14, style: "axis")
        drawing.text(
            xAxis,
            x: Self.left + Self.plot.width / 2,
            y: bottom + 38,
            anchor: "middle",
            style: "axis"
        )
    }

    /// The colours from the most behind to the most ahead, and what marks mean.
    var key: Key {
        func mark(_ style: String, _ text: String) -> Key.Entry {
            var sign = Drawing(width: 12, height: 12)
            sign.circle(x: 6, y: 6, radius: 4.5, style: style)
            return .init(sign: sign, text: text)
        }
        return Key([
            .scale(
                "\(quantity): \(Format.signed(-largest, 1))",
                Format.signed(largest, 1)
            ) { share in
                let value = 2 * share - 1
                return (value < 0 ? "behind" : "ahead", abs(value))
            },
            mark("mark sure", "surely not zero"), mark("mark", "could be chance"),
        ])
    }

    /// The numbers.
    var data: DataTable {
        DataTable(
            ["", xAxis, yAxis]
                + panels.flatMap { panel in
                    [
                        panel.title.isEmpty ? quantity : "\(quantity), \(panel.title)",
                        "surely not zero",
                    ]
                },
            rows: (panels.first?.points ?? []).map { first in
                [first.name, Format.signed(first.x), Format.signed(first.y)]
                    + panels.flatMap { panel -> [String] in
                        guard let point = panel.points.first(where: { $0.name == first.name })
                        else { return ["–", "–"] }
                        return [Format.signed(point.value), point.isSure ? "yes" : "no"]
                    }
            }
        )
    }
}
