import Analysis
import Evaluation
import Foundations
import RunRecords

extension Section {
    /// Where mathematics lies in each language, and what languages share.
    static func localization(_ file: LocalizationFile, in name: String) -> Section {
        var content = [
            paragraph(
                "A weight counts for a language's mathematics when |W|·‖X‖ is among the top share of its "
                    + "matrix on problems of that language and not on its other text"
                    + "\(place(name)). Samples are \(file.result.source); "
                    + "\(file.settings.samples) of each language and kind, in "
                    + "\(file.settings.groups) groups for the errors."
            )
        ]
        for model in file.result.models {
            content.append(.element("h3", [:], text: "Model \(model.model)"))
            content.append(grid(figures(of: model)))
            content.append(table(of: model))
            if let claims = claims(of: model) { content.append(claims) }
        }
        content.append(
            source(
                "Record: analysis/localize.json, made again by",
                command: "layerswap analyze localize RUN --force"
            )
        )
        return Section(
            identifier: "localize",
            title: "Where mathematics lies",
            content: content
        )
    }

    /// The cut whose share is nearest to a twentieth.
    private static func middle(_ record: LocalizationRecord) -> LocalizationRecord.Cut? {
        record.cuts.min { abs($0.share - 0.05) < abs($1.share - 0.05) }
    }

    /// How large the sets are, and what they share.
    private static func figures(of model: ModelResults<LocalizationRecord>.ModelResult) -> [Figure]
    {
        guard let cut = middle(model.record) else { return [] }
        let sizes = Figure(
            title: "Size of the sets by layer, \(model.model)",
            caption:
                "Top \(Format.number(cut.share, 2)) of each matrix on mathematics minus the top on "
                + "other text; bands are 95 % intervals over groups of samples.",
            chart: sizes(of: cut)
        )
        if cut.pairs.count > mostPairs { return [sizes, pairs(of: cut, in: model.model)] }
        // A single draw lies in this band 95 times of 100; few draws know their spread badly.
        let quantile = StudentDistribution.quantile(
            twoSided: 0.05,
            degreesOfFreedom: Double(max(model.record.draws - 1, 1))
        )
        return [sizes]
            + cut.pairs.map { pair in
                Figure(
                    title: "Shared by "
                        + Format.list(pair.languages.map(Wording.name))
                        + ", \(model.model)",
                    caption:
                        "Weights in both sets by those in either, at the share "
                        + "\(Format.number(cut.share, 2)), beside what chance gives.",
                    chart: overlap(of: pair, names: layerNames(of: cut), quantile: quantile)
                )
            }
    }

    /// The size of each language's set by layer.
    private static func sizes(of cut: LocalizationRecord.Cut) -> LineChart {
        let names = layerNames(of: cut)
        return LineChart(
            series: cut.sets.enumerated().map { place, set in
                .init(
                    name: Wording.name(ofLanguage: set.language),
                    points: names.indices.map { layer in
                        // The set of all samples; the spread is that of sets from single groups.
                        let spread =
                            set.layerGroups.indices.contains(layer)
                            ? set.layerGroups[layer].halfWidth : nil
                        return point(Double(set.layers[layer]), halfWidth: spread, at: layer)
                    },
                    // The colours 0 and 1 are those of the experts.
                    color: (2 + place) % PageStyle.colors
                )
            },
            xAxis: "layer",
            yAxis: "weights in the set",
            names: names
        )
    }

    /// What two languages share by layer, beside what chance gives; a band of draws reaches
    /// `quantile` of their deviations to each side.
    private static func overlap(
        of pair: LocalizationRecord.Pair,
        names: [(Double, String)],
        quantile: Double
    ) -> LineChart {
        func series(
            _ name: String,
            _ color: Int,
            isControl: Bool = true,
            _ value: (LocalizationRecord.Overlap) -> (value: Double, halfWidth: Double?)
        ) -> LineChart.Series {
            LineChart.Series(
                name: name,
                points: pair.layers.enumerated().map { layer, overlap in
                    let (value, halfWidth) = value(overlap)
                    return point(value, halfWidth: halfWidth, at: layer)
                },
                color: color,
                isControl: isControl
            )
        }
        return LineChart(
            series: [
                series("mathematics", 1, isControl: false) { ($0.jaccard, $0.groups?.halfWidth) },
                series("without mathematics", 2) { ($0.control, nil) },
                series("same |W|, shuffled inputs", 4) {
                    ($0.weightNull, quantile * $0.weightDeviation)
                },
                series("independent sets of the same sizes", 5) { ($0.sizeNull, nil) },
            ],
            xAxis: "layer",
            yAxis: "Jaccard",
            names: names,
            includesZero: true
        )
    }

    private static func point(
        _ value: Double,
        halfWidth: Double?,
        at layer: Int
    ) -> LineChart.Point {
        .init(
            x: Double(layer),
            y: value,
            interval: halfWidth.map { (value - $0)...(value + $0) }
        )
    }

    private static func layerNames(of cut: LocalizationRecord.Cut) -> [(Double, String)] {
        (cut.sets.first?.layers.indices ?? 0..<0).map { (Double($0), "\($0)") }
    }

    /// Pairs that have a figure each; more are shown in one.
    private static let mostPairs = 3

    /// All pairs of many languages, layer by layer.
    private static func pairs(of cut: LocalizationRecord.Cut, in model: String) -> Figure {
        let layers = cut.pairs.first?.layers.indices ?? 0..<0
        let map = HeatMap(
            panels: [
                .init(
                    title: "Jaccard",
                    values: layers.map { layer in cut.pairs.map { $0.layers[layer].jaccard } }
                )
            ],
            rows: layers.map(String.init),
            columns: cut.pairs.map { $0.languages.joined(separator: "–") },
            rowAxis: "layer",
            columnAxis: "pairs of languages",
            quantity: "Jaccard"
        )
        return Figure(
            title: "Shared by every two languages, \(model)",
            caption: "Weights in both sets by those in either, at the share "
                + "\(Format.number(cut.share, 2)); what chance gives is in the table.",
            chart: map
        )
    }

    /// What the paper claims, where it was tested.
    private static func claims(
        of model: ModelResults<LocalizationRecord>.ModelResult
    ) -> Markup? {
        let rows = model.record.cuts.flatMap { cut in
            (cut.claims ?? []).map { claim in
                [
                    Drawing.text(cut.share * 100) + " %", claim.claim.words,
                    Format.signed(claim.value, 3),
                    "[" + claim.interval.map { Format.signed($0, 3) }.joined(separator: ", ") + "]",
                    claim.verdict.rawValue,
                ]
            }
        }
        guard !rows.isEmpty else { return nil }
        return DataTable(["share", "claim", "value", "95 %", ""], rows: rows, names: 2).markup(
            caption:
                "Claims of arXiv 2606.18453 on \(model.model), over resampled samples: above 0 "
                + "they hold. Languages are \(model.record.languages.joined(separator: ", ")), from the "
                + "richest to the poorest"
        )
    }

    private static func table(of model: ModelResults<LocalizationRecord>.ModelResult) -> Markup {
        let record = model.record
        func score(_ value: Double?) -> String { value.map { Format.signed($0, 1) } ?? "–" }
        return DataTable(
            ["share", "languages"] + record.languages.map { "set \($0)" } + [
                "Jaccard", "by groups [95 %]", "same sizes", "z", "same |W|", "z", "without math",
                "same language, other samples",
            ],
            rows: record.cuts.flatMap { cut in
                cut.pairs.map { pair in
                    let all = pair.all
                    let agreement = cut.sets.filter { pair.languages.contains($0.language) }
                        .compactMap(\.agreement?.value)
                    return [
                        Drawing.text(cut.share * 100) + " %", pair.languages.joined(separator: "–"),
                    ]
                        + cut.sets.map { NumberText.grouped($0.size) }
                        + [
                            Format.number(all.jaccard), Format.interval(all.groups),
                            Format.number(all.sizeNull), score(all.sizeZ),
                            Format.number(all.weightNull), score(all.weightZ),
                            Format.number(all.control),
                            agreement.map { Format.number($0) }.joined(separator: " / "),
                        ]
                }
            },
            names: 2
        ).markup(caption: "Sets and overlap at every share, \(model.model)")
    }
}
