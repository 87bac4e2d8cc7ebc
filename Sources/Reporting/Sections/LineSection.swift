import Evaluation
import RunRecords

extension Section {
    /// What the models between two experts are worth.
    static func line(_ file: ExpertLineFile, in name: String, _ wording: Wording) -> Section {
        let record = file.result
        let cosine = record.cosine.map {
            " The cosine of both changes from the base is \(Format.number($0))."
        }
        let figures = [
            figure(
                .math,
                of: record,
                wording,
                title: "Answers between the experts",
                caption: "\(record.problems) problems of each language, of \(record.source)."
            ),
            figure(
                .bitsPerByte,
                of: record,
                wording,
                title: "Text between the experts",
                caption: "\(record.texts) texts of each language; lower is better."
            ),
        ]
        let barriers = DataTable(
            [""] + AnalysisTables.barrierTitles,
            rows: AnalysisTables.barriers(of: record, wording)
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
                ),
                grid(figures.compactMap { $0 }),
                barriers.markup(
                    caption: "The worst models between the experts, with intervals that hold "
                        + "for all of them together"
                ),
                source(
                    "Record: analysis/line.json, made again by",
                    command: "layerswap analyze line RUN --force"
                ),
            ]
        )
    }

    /// A measure in each language by the weight of the second expert; nil where none was taken.
    private static func figure(
        _ measure: Measure,
        of record: LineRecord,
        _ wording: Wording,
        title: String,
        caption: String
    ) -> Figure? {
        let metrics = record.metrics.filter { measure.metrics.contains($0) }
        guard !metrics.isEmpty else { return nil }
        let scale = measure.traits.unit == .share ? 100.0 : 1
        let chart = LineChart(
            series: metrics.map { metric in
                LineChart.Series(
                    name: wording.language(of: metric) ?? metric.title,
                    points: record.points.compactMap { point in
                        point.values[metric].map { value in
                            .init(
                                x: point.weight,
                                y: scale * value.value,
                                interval: value.interval.map {
                                    (scale * $0.lowerBound)...(scale * $0.upperBound)
                                }
                            )
                        }
                    },
                    // As in the parts that are ordered by language; 0 and 1 are the experts'.
                    color: metric.language == .english ? 2 : 3
                )
            },
            xAxis: "weight of \(record.second)",
            yAxis: measure == .math ? "% of the problems" : measure.title,
            includesZero: measure == .math
        )
        return Figure(title: title, caption: caption, chart: chart)
    }
}
