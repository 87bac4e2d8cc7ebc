import Analysis
import RunRecords

extension Section {
    /// Which layers changed in which expert.
    static func change(_ file: ChangeFile, in name: String) -> Section {
        let record = file.result
        return Section(
            identifier: "change",
            title: "Which layers changed in which expert",
            content: [
                paragraph(
                    "Δ is what an expert's training has added to the base\(Self.place(name)). The paper "
                        + "found mathematics to change the middle layers most and a language the outer "
                        + "ones."
                ),
                // The words are those of the terminal, which has a hyphen for a minus sign.
                paragraph(
                    PublishedPicture(record)?.words.replacing(" -", with: " −")
                        .replacing("[-", with: "[−") ?? ""
                ),
                Figure(
                    title: "Mean change by layer",
                    caption: "Bands are 95 % intervals over the rows of all matrices of a layer.",
                    chart: curves(record)
                ).markup,
            ] + experts(record).map(\.markup) + [
                Figure(
                    title: "Do both experts change a matrix in the same direction?",
                    caption: "0 is unrelated, 1 the same direction; below 0 averages undo what was "
                        + "learned. Zero is the middle of the scale.",
                    chart: map(
                        record,
                        [panel(record, "cosine of both changes") { $0.cosine }],
                        "cosine",
                        scale: .aroundZero
                    )
                ).markup,
                source(
                    "Record: analysis/change.json, made again by",
                    command: "layerswap analyze change RUN --force"
                ),
            ]
        )
    }

    /// How much both experts changed each matrix, in three measures.
    private static func experts(_ record: ChangeRecord) -> [Figure] {
        func chart(
            _ quantity: String,
            digits: Int = 2,
            _ value: (ChangeRecord.ExpertChange) -> Double?
        ) -> HeatMap {
            let panels = ChangedExpert.allCases.map { expert in
                panel(record, "\(expert.rawValue) expert") { value($0[expert]) }
            }
            return map(record, panels, quantity, digits: digits)
        }
        let middle = record.thresholds.count / 2
        let threshold = record.thresholds.isEmpty ? 0 : record.thresholds[middle]
        return [
            Figure(
                title: "Relative change",
                caption: "Both experts on one scale.",
                chart: chart("‖Δ‖ / ‖θ₀‖") { $0.relativeNorm }
            ),
            Figure(
                title: "Directions of the change",
                caption: "exp of the entropy of the singular values' shares: 1 is a single "
                    + "direction.",
                chart: chart("effective rank of Δ", digits: 0) { $0.effectiveRank }
            ),
            Figure(
                title: "Rows that changed",
                caption: "Shares at the other thresholds are in the record.",
                chart: chart(
                    "share of rows above \(Format.number(threshold, 2)) of the tensor's mean |θ₀|"
                ) { $0.rowsAbove.isEmpty ? nil : $0.rowsAbove[middle] }
            ),
        ]
    }

    /// The mean change of both experts by layer.
    private static func curves(_ record: ChangeRecord) -> LineChart {
        func curve(_ expert: ChangedExpert, _ color: Int) -> LineChart.Series {
            LineChart.Series(
                name: "\(expert.rawValue) expert",
                points: record.layers.enumerated().map { layer, change in
                    let value = expert == .language ? change.language : change.math
                    return .init(x: Double(layer), y: value.value, interval: value.interval)
                },
                color: color
            )
        }
        return LineChart(
            series: [curve(.language, 0), curve(.math, 1)],
            xAxis: "layer",
            yAxis: "mean |Δ|",
            names: record.layers.indices.map { (Double($0), "\($0)") },
            includesZero: true
        )
    }

    /// Panels of values by layer and module.
    private static func map(
        _ record: ChangeRecord,
        _ panels: [HeatMap.Panel],
        _ quantity: String,
        digits: Int = 2,
        scale: HeatMap.Scale = .zero
    ) -> HeatMap {
        HeatMap(
            panels: panels,
            rows: record.layers.indices.map(String.init),
            columns: modules(of: record).map(short),
            rowAxis: "layer",
            columnAxis: "weight matrices and gains",
            quantity: quantity,
            digits: digits,
            scale: scale
        )
    }

    /// A value of each module of each layer, where the model has it.
    private static func panel(
        _ record: ChangeRecord,
        _ title: String,
        _ value: (ChangeRecord.Tensor) -> Double?
    ) -> HeatMap.Panel {
        let modules = modules(of: record)
        return HeatMap.Panel(
            title: title,
            values: record.layers.indices.map { layer in
                modules.map { module in
                    record.tensors.first {
                        $0.name.layer == layer && $0.name.module == module
                    }.flatMap(value)
                }
            }
        )
    }

    private static func modules(of record: ChangeRecord) -> [String] {
        var modules: [String] = []
        for tensor in record.tensors where tensor.name.layer != nil {
            if !modules.contains(tensor.name.module) { modules.append(tensor.name.module) }
        }
        return modules
    }

    /// The name of a module in a few letters: `q`, `gate`, `ln 1`.
    static func short(_ module: String) -> String {
        switch module {
        case "input_layernorm": "ln 1"
        case "post_attention_layernorm": "ln 2"
        default:
            String(module.split(separator: ".").last ?? "").replacing("_proj", with: "")
        }
    }

    /// `of the experiment NAME`, or nothing.
    static func place(_ name: String) -> String { name.isEmpty ? "" : " (experiment \(name))" }
}
