import Evaluation
import RunRecords

extension Section {
    /// What the models between two experts are worth.
    static func line(_ file: ExpertLineFile, in name: String) -> Section {
        let record = file.result
        func figure(_ measure: Measure, _ title: String, _ caption: String) -> Figure? {
            let metrics = record.metrics.filter { measure.metrics.contains($0) }
            guard !metrics.isEmpty else { return nil }
            let chart = LineChart(
                series: metrics.enumerated().map { number, metric in
                    LineChart.Series(
                        name: metric.title,
                        points: record.points.compactMap { point in
                            point.values[metric].map {
                                .init(x: point.weight, y: $0.value, interval: $0.interval)
                            }
                        },
                        color: number
                    )
                },
                xAxis: "weight of \(record.second)",
                yAxis: measure.title,
                includesZero: measure == .math
            )
            return Figure(title: title, caption: caption, drawing: chart.drawing, data: chart.data)
        }
        let cosine = record.cosine.map {
            " The cosine of both changes from the base is \(Format.number($0))."
        }
        let barriers = DataTable(
            [""] + AnalysisTables.barrierTitles,
            rows: AnalysisTables.barriers(of: record)
        )
        return Section(
            identifier: "line",
            title: "Between the experts",
            content: [
                paragraph(
                    "Each model is (1 − w) times \(record.first) plus w times \(record.second)"
                        + "\(place(name)). Where a model between them is worse than the straight line "
                        + "between both values, a barrier separates the experts, and averages and "
                        + "swaps lose what they know.\(cosine ?? "")"
                )
            ]
                + [
                    figure(
                        .math,
                        "Answers between the experts",
                        "\(record.problems) problems of each language, of \(record.source)."
                    )?.markup,
                    figure(
                        .bitsPerByte,
                        "Text between the experts",
                        "\(record.texts) texts of each language; lower is better."
                    )?.markup, barriers.markup(caption: "The worst models between the experts"),
                    source(
                        "Record: analysis/line.json, made again by",
                        command: "layerswap analyze line RUN --force"
                    ),
                ].compactMap { $0 }
        )
    }
}
