import Analysis
import RunRecords

extension Section {
    /// Which layers changed in which expert.
    static func change(_ file: ChangeFile, in name: String) -> Section {
        let record = file.result
        let layers = record.layers.indices
        let modules = Self.modules(of: record)
        func panel(_ title: String, _ value: (ChangeRecord.Tensor) -> Double?) -> HeatMap.Panel {
            HeatMap.Panel(
                title: title,
                values: layers.map { layer in
                    modules.map { module in
                        record.tensors.first {
                            $0.name.layer == layer && $0.name.module == module
                        }.flatMap(value)
                    }
                }
            )
        }
        func heat(
            _ title: String,
            _ quantity: String,
            _ caption: String,
            digits: Int = 2,
            _ value: (ChangeRecord.ExpertChange) -> Double?
        ) -> Figure {
            let map = HeatMap(
                panels: ChangedExpert.allCases.map { expert in
                    panel("\(expert.rawValue) expert") { value($0[expert]) }
                },
                rows: layers.map(String.init),
                columns: modules.map(Self.short),
                rowAxis: "layer",
                columnAxis: "weight matrices and gains",
                quantity: quantity,
                digits: digits
            )
            return Figure(title: title, caption: caption, chart: map)
        }
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
        let curves = LineChart(
            series: [curve(.language, 0), curve(.math, 1)],
            xAxis: "layer",
            yAxis: "mean |Δ|",
            names: layers.map { (Double($0), "\($0)") },
            includesZero: true
        )
        let both = HeatMap(
            panels: [panel("cosine of both changes") { $0.cosine }],
            rows: layers.map(String.init),
            columns: modules.map(Self.short),
            rowAxis: "layer",
            columnAxis: "weight matrices and gains",
            quantity: "cosine",
            scale: .aroundZero
        )
        let middle = record.thresholds.count / 2
        let threshold = record.thresholds.isEmpty ? 0 : record.thresholds[middle]
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
                    chart: curves
                ).markup,
                heat(
                    "Relative change",
                    "‖Δ‖ / ‖θ₀‖",
                    "Both experts on one scale."
                ) { $0.relativeNorm }.markup,
                heat(
                    "Directions of the change",
                    "effective rank of Δ",
                    "exp of the entropy of the singular values' shares: 1 is a single direction.",
                    digits: 0
                ) { $0.effectiveRank }.markup,
                heat(
                    "Rows that changed",
                    "share of rows above \(Format.number(threshold, 2)) of the tensor's mean |θ₀|",
                    "Shares at the other thresholds are in the record."
                ) { $0.rowsAbove.isEmpty ? nil : $0.rowsAbove[middle] }.markup,
                Figure(
                    title: "Do both experts change a matrix in the same direction?",
                    caption: "0 is unrelated, 1 the same direction; below 0 averages undo what was "
                        + "learnt. Zero is the middle of the scale.",
                    chart: both
                ).markup,
                source(
                    "Record: analysis/change.json, made again by",
                    command: "layerswap analyze change RUN --force"
                ),
            ]
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
