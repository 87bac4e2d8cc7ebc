/// Curves over an axis, with bands where their errors are known.
struct LineChart: Chart {
    /// One point of a curve.
    struct Point {
        /// Its place on the axis.
        var x: Double
        /// Its value.
        var y: Double
        /// What the band covers there; nil when it is unknown or not to be shown.
        var interval: ClosedRange<Double>?
    }

    /// One curve.
    struct Series {
        /// Its name in the legend; empty when there is nothing to tell it from.
        var name: String
        /// Its points in order.
        var points: [Point]
        /// Which colour of the palette, from 0.
        var color: Int
        /// Whether it is a control: drawn with dashes.
        var isControl = false
        /// Whether its points are marked.
        var hasMarks = true
    }

    /// The curves.
    var series: [Series]
    /// What the axis is.
    var xAxis: String
    /// What the values are.
    var yAxis: String
    /// Names of places on the axis; numbers when empty.
    var names: [(x: Double, name: String)] = []
    /// Whether zero has to be seen.
    var includesZero = false
    /// Whether values are written beside their points.
    var showsValues = false
    /// Numbers that have to fit, besides the values: those of a chart beside this one.
    var alsoFits: [Double] = []
    /// The size of the part inside the axes.
    var plot = (width: 290.0, height: 190.0)

    private static let left = 58.0
    private static let top = 26.0
    private static let right = 18.0
    private static let characterWidth = 6.2

    var drawings: [(title: String, drawing: Drawing)] { [("", drawing)] }

    /// Colours and dashes of the curves that have a name.
    var key: Key {
        Key(
            series.filter { !$0.name.isEmpty }.map { curve in
                .line(curve.color, isControl: curve.isControl, curve.name)
            }
        )
    }

    /// The picture.
    var drawing: Drawing {
        let right = Self.left + plot.width
        let bottom = Self.top + plot.height
        var drawing = Drawing(width: right + Self.right, height: bottom + 52)
        let points = series.flatMap(\.points)
        let scale = Axis(
            around: points.flatMap { point in
                [point.y] + (point.interval.map { [$0.lowerBound, $0.upperBound] } ?? [])
            } + alsoFits,
            includesZero: includesZero
        )
        let xs = points.map(\.x)
        let marks = names.isEmpty ? Axis(around: xs, count: 5) : nil
        let low = marks?.range.lowerBound ?? (xs.min() ?? 0)
        let high = marks?.range.upperBound ?? (xs.max() ?? 1)
        func x(_ value: Double) -> Double {
            high > low
                ? Self.left + 8 + (plot.width - 16) * (value - low) / (high - low)
                : Self.left + plot.width / 2
        }
        func y(_ value: Double) -> Double { bottom - plot.height * scale.share(value) }
        for tick in scale.ticks {
            drawing.line((Self.left, y(tick)), (right, y(tick)), style: "grid")
            drawing.text(
                scale.label(tick),
                x: Self.left - 8,
                y: y(tick) + 4,
                anchor: "end",
                style: "tick"
            )
        }
        let places =
            marks.map { axis in axis.ticks.map { (x: $0, name: axis.label($0)) } } ?? names
        // Names that would run into each other are left out at equal distances.
        let longest = Self.characterWidth * Double(places.map(\.name.count).max() ?? 0) + 6
        let every = Int((longest * Double(places.count) / plot.width).rounded(.up))
        let step = showsValues ? 1 : max(1, every)
        for (number, place) in places.enumerated() where number.isMultiple(of: step) {
            drawing.text(place.name, x: x(place.x), y: bottom + 18, anchor: "middle", style: "tick")
        }
        for curve in series {
            let band = curve.points.filter { $0.interval != nil }
            if band.count > 1 {
                let upper = band.map { (x: x($0.x), y: y($0.interval?.upperBound ?? $0.y)) }
                let lower = band.map { (x: x($0.x), y: y($0.interval?.lowerBound ?? $0.y)) }
                drawing.path(
                    upper + lower.reversed(),
                    style: "band c\(curve.color)",
                    isClosed: true
                )
            }
        }
        for curve in series {
            let dashes = curve.isControl ? " control" : ""
            drawing.path(
                curve.points.map { (x: x($0.x), y: y($0.y)) },
                style: "curve c\(curve.color)\(dashes)"
            )
            if curve.hasMarks {
                for point in curve.points {
                    drawing.circle(
                        x: x(point.x),
                        y: y(point.y),
                        radius: 3.2,
                        style: "dot c\(curve.color)",
                        title: curve.name.isEmpty
                            ? Format.number(point.y) : "\(curve.name): \(Format.number(point.y))"
                    )
                    guard showsValues else { continue }
                    drawing.text(
                        Drawing.text((point.y * 10).rounded() / 10),
                        x: x(point.x),
                        y: y(point.y) - 8,
                        anchor: "middle",
                        style: "value"
                    )
                }
            }
        }
        drawing.text(yAxis, x: 6, y: 12, style: "axis")
        drawing.text(
            xAxis,
            x: Self.left + plot.width / 2,
            y: bottom + 42,
            anchor: "middle",
            style: "axis"
        )
        return drawing
    }

    /// The numbers.
    var data: DataTable {
        DataTable(
            ["curve", xAxis, yAxis, "95 % low", "95 % high"],
            rows: series.flatMap { curve in
                curve.points.map { point in
                    [
                        curve.name,
                        names.first { $0.x == point.x }?.name ?? Drawing.text(point.x),
                        Format.number(point.y, 5),
                        point.interval.map { Format.number($0.lowerBound, 5) } ?? "",
                        point.interval.map { Format.number($0.upperBound, 5) } ?? "",
                    ]
                }
            },
            names: 2
        )
    }
}
