import Reporting

/// A picture of what more machines gain, one panel for each model and network.
package struct RankScalingChart {
    private let scaling: RankScaling

    /// Draws a measurement.
    package init(_ scaling: RankScaling) { self.scaling = scaling }

    /// The picture as SVG.
    package var svg: String {
        ChartSheet(
            scaling.predictions.map { prediction in
                ChartSheet.Panel(
                    title: "\(prediction.shape), \(Int(prediction.gigabits)) Gbit/s: times faster",
                    xAxis: "machines",
                    points: zip(RankScaling.machines, prediction.speedups).map {
                        (name: "\($0)", value: $1)
                    }
                )
            }
        ).svg
    }
}
