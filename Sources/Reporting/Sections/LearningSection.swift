extension Section {
    /// The losses of the training stages; nil when none was kept.
    static func learning(_ run: RunArtifacts) -> Section? {
        guard let experiment = run.experiments.first(where: { !$0.curves.isEmpty }) else {
            return nil
        }
        let name = experiment.name.isEmpty ? "" : " (\(experiment.name))"
        let figures = experiment.curves.map { curve -> Figure in
            let chart = LineChart(
                series: [
                    .init(
                        name: "training, running mean",
                        points: curve.training.map { .init(x: Double($0.step), y: $0.loss) },
                        color: 0,
                        hasMarks: false
                    ),
                    .init(
                        name: "validation",
                        points: curve.validation.map { .init(x: Double($0.step), y: $0.loss) },
                        color: 1
                    ),
                ].filter { !$0.points.isEmpty },
                xAxis: "step",
                yAxis: "loss in nats a token"
            )
            return Figure(
                title: "\(curve.stage)\(name)",
                caption: curve.validation.last.map {
                    "Validation loss at the end: \(Format.number($0.loss))."
                } ?? "No validation.",
                chart: chart
            )
        }
        return Section(
            identifier: "learning",
            title: "Learning curves",
            content: [
                paragraph(
                    "The loss is how badly the next token of the training text was predicted; less "
                        + "is better. The first fiftieth of the steps is left out."
                ), grid(figures),
            ]
        )
    }
}
