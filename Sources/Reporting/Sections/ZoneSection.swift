import Evaluation
import MergeMethods
import RunRecords

extension Section {
    /// How many problems swaps of every bottom and top solve; nil when the run has no grid.
    static func zones(_ run: RunArtifacts) -> Section? {
        let rows = run.overview.evaluations.filter { $0.split == EvaluationRow.choice }
        var models: [String] = []
        for row in rows where !models.contains(row.model) { models.append(row.model) }
        let figures = models.compactMap { model in
            figure(of: model, rows.filter { $0.model == model })
        }
        guard !figures.isEmpty else { return nil }
        return Section(
            identifier: "zones",
            title: "Zones",
            content: [
                paragraph(
                    "Layers of the language expert at the bottom and at the top. Every zone was asked "
                        + "the development problems; the best is reported on the test problems above."
                )
            ] + figures.map(\.markup)
        )
    }

    private static func figure(of model: String, _ rows: [EvaluationRow]) -> Figure? {
        var scores: [[Int]: [Double]] = [:]
        for row in rows {
            guard let swap = row.layerSwap, swap.coefficients == nil,
                let score = row[Metric(.math, .target)]?.value
            else { continue }
            scores[[swap.bottom, swap.top], default: []].append(score)
        }
        let bottoms = Set(scores.keys.map { $0[0] }).sorted()
        let tops = Set(scores.keys.map { $0[1] }).sorted()
        guard scores.count > 3, bottoms.count > 1, tops.count > 1 else { return nil }
        let map = HeatMap(
            panels: [
                .init(
                    title: model,
                    values: bottoms.map { bottom in
                        tops.map { top in
                            scores[[bottom, top]].map { $0.reduce(0, +) / Double($0.count) }
                        }
                    }
                )
            ],
            rows: bottoms.map { "bottom \($0)" },
            columns: tops.map { "top \($0)" },
            rowAxis: "",
            columnAxis: "layers of the language expert at the top",
            quantity: "share of development problems solved",
            scale: .smallest
        )
        return Figure(
            title: "Development problems solved by zone: \(model)",
            caption: "Means over transitions, experts and seeds of each zone.",
            chart: map
        )
    }
}
