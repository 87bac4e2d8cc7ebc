import Checkpointing
import Foundation

/// A picture of how the time of a step grows, one panel for each thing that changes.
package struct ScalingChart {
    private let result: ScalingBenchmark.Result

    /// Draws a measurement.
    package init(_ result: ScalingBenchmark.Result) { self.result = result }

    /// Where the picture goes; an earlier one is replaced, nothing else is.
    package static func place(_ file: URL) -> OutputPlace {
        OutputPlace(
            file,
            kind: .file,
            mark: .file("a chart") { data in
                let text = String(decoding: data.prefix(1 << 12), as: UTF8.self)
                return text.hasPrefix("<svg ") && text.contains("\(style)\n\(ground)")
            },
            replaces: true,
            remedy: "name another file with --chart"
        )
    }

    /// How every chart begins, by which it is known.
    private static let style = "font-family=\"sans-serif\" font-size=\"11\" fill=\"#222\">"
    private static let ground = "<rect width=\"100%\" height=\"100%\" fill=\"#fff\"/>"

    private static let panel = (width: 260.0, height: 180.0)
    private static let margin = (left: 58.0, top: 40.0, right: 18.0, bottom: 46.0)

    /// The picture as SVG.
    package var svg: String {
        let cell = (
            width: Self.panel.width + Self.margin.left + Self.margin.right,
            height: Self.panel.height + Self.margin.top + Self.margin.bottom
        )
        let axes = ScalingBenchmark.Axis.allCases
        let panels = axes.enumerated().map { index, axis in
            "<g transform=\"translate(\(Self.text(Double(index) * cell.width)),0)\">"
                + panel(axis) + "</g>"
        }
        let width = Self.text(cell.width * Double(axes.count))
        let height = Self.text(cell.height)
        return """
            <svg xmlns="http://www.w3.org/2000/svg" width="\(width)" height="\(height)" \
            viewBox="0 0 \(width) \(height)" \(Self.style)
            \(Self.ground)
            \(panels.joined(separator: "\n"))
            </svg>

            """
    }

    private func panel(_ axis: ScalingBenchmark.Axis) -> String {
        let points = result.points.filter { $0.axis == axis }
        guard let most = points.map(\.microsecondsPerToken).max(), most > 0 else { return "" }
        let step = Self.niceStep(most / 4)
        let top = (most / step).rounded(.up) * step
        func y(_ value: Double) -> Double {
            Self.margin.top + Self.panel.height * (1 - value / top)
        }
        // Places are even: threads by one, contexts and sizes by factors.
        func x(_ index: Int) -> Double {
            let share = points.count > 1 ? Double(index) / Double(points.count - 1) : 0.5
            return Self.margin.left + Self.panel.width * (0.06 + 0.88 * share)
        }
        var parts = [
            "<text x=\"\(Self.text(Self.margin.left))\" y=\"20\" font-size=\"13\" "
                + "font-weight=\"bold\">\(Self.title(axis))</text>"
        ]
        var value = 0.0
        while value <= top + step / 2 {
            let line = Self.text(y(value))
            parts.append(
                "<line x1=\"\(Self.text(Self.margin.left))\" y1=\"\(line)\" "
                    + "x2=\"\(Self.text(Self.margin.left + Self.panel.width))\" y2=\"\(line)\" "
                    + "stroke=\"#ddd\"/><text x=\"\(Self.text(Self.margin.left - 6))\" "
                    + "y=\"\(Self.text(y(value) + 4))\" text-anchor=\"end\">\(Self.text(value))</text>"
            )
            value += step
        }
        let places = points.enumerated().map { index, point in
            "\(Self.text(x(index))),\(Self.text(y(point.microsecondsPerToken)))"
        }
        parts.append(
            "<polyline points=\"\(places.joined(separator: " "))\" fill=\"none\" "
                + "stroke=\"#1f6f8b\" stroke-width=\"2\"/>"
        )
        for (index, point) in points.enumerated() {
            let place = (x: Self.text(x(index)), y: y(point.microsecondsPerToken))
            parts.append(
                "<circle cx=\"\(place.x)\" cy=\"\(Self.text(place.y))\" r=\"3.5\" "
                    + "fill=\"#1f6f8b\"/><text x=\"\(place.x)\" y=\"\(Self.text(place.y - 8))\" "
                    + "text-anchor=\"middle\">\(Self.text(point.microsecondsPerToken))</text>"
                    + "<text x=\"\(place.x)\" "
                    + "y=\"\(Self.text(Self.margin.top + Self.panel.height + 16))\" "
                    + "text-anchor=\"middle\">\(Self.label(point))</text>"
            )
        }
        parts.append(
            "<text x=\"\(Self.text(Self.margin.left + Self.panel.width / 2))\" "
                + "y=\"\(Self.text(Self.margin.top + Self.panel.height + 36))\" "
                + "text-anchor=\"middle\" fill=\"#555\">\(Self.name(axis))</text>"
        )
        return parts.joined(separator: "\n")
    }

    private static func title(_ axis: ScalingBenchmark.Axis) -> String {
        switch axis {
        case .threads: "µs a token, by threads"
        case .context: "µs a token, by context"
        case .parameters: "µs a token, by parameters"
        }
    }

    private static func name(_ axis: ScalingBenchmark.Axis) -> String {
        switch axis {
        case .threads: "threads"
        case .context: "tokens of a sequence"
        case .parameters: "parameters of the model"
        }
    }

    private static func label(_ point: ScalingBenchmark.Point) -> String {
        point.axis == .parameters
            ? String(format: "%.1f M", Double(point.value) / 1e6) : "\(point.value)"
    }

    /// 1, 2 or 5 times a power of ten, the next above a number.
    private static func niceStep(_ number: Double) -> Double {
        let power = pow(10, floor(log10(number)))
        return [1, 2, 5, 10].map { $0 * power }.first { $0 >= number } ?? 10 * power
    }

    private static func text(_ value: Double) -> String {
        value == value.rounded() ? "\(Int(value))" : String(format: "%.1f", value)
    }
}
