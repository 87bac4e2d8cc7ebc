import Checkpointing
import Foundation
import Reporting

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
            mark: .file("a chart", ChartSheet.isSheet),
            replaces: true,
            remedy: "name another file with --chart"
        )
    }

    /// The picture as SVG.
    package var svg: String {
        // Places are even: threads by one, contexts and sizes by factors.
        let panels = ScalingBenchmark.Axis.allCases.map { axis in
            ChartSheet.Panel(
                title: "µs a token, by \(axis.rawValue)",
                xAxis: Self.name(axis),
                points: result.points.filter { $0.axis == axis }.map {
                    (name: Self.label($0), value: $0.microsecondsPerToken)
                }
            )
        }
        return ChartSheet(panels).svg
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
}
