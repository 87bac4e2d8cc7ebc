import Evaluation
import Foundations
import RunRecords

extension Section {
    /// What becomes of a model when parts of it are changed.
    static func interventions(_ file: InterventionFile, in name: String) -> Section {
        let record = file.result
        let groups: [(String, String, [InterventionRecord.Kind])] = [
            (
                "Weights of mathematics pruned",
                "Sets of mathematics of each language, beside the top without subtraction and random "
                    + "weights of the same number in each matrix.",
                [.prune]
            ),
            (
                "Weights of mathematics scaled",
                "The same sets, multiplied by a number near one.",
                [.scale]
            ),
            ("One layer skipped", "The layer's output is its input.", [.bypass]),
            (
                "Two neighbours given back to the base",
                "Layers whose training matters lose what it has brought.", [.revert]
            ),
            (
                "Only a set trained on mathematics, from \(record.base)",
                "Compared with \(record.base) as it is.", [.train]
            ),
        ]
        let figures = groups.flatMap { title, caption, kinds -> [Figure] in
            let entries = record.entries.filter { kinds.contains($0.kind) }
            guard !entries.isEmpty else { return [] }
            return Measure.math.metrics.filter { record.intact[$0] != nil }.map { metric in
                let chart = IntervalChart(
                    rows: entries.compactMap { entry in
                        entry[metric].map { effect in
                            IntervalChart.Row(
                                name: words(for: entry),
                                value: effect.difference.difference,
                                interval: interval(effect.difference),
                                color: color(of: entry)
                            )
                        }
                    },
                    axis: "change of the share of problems solved",
                    reference: 0,
                    isDifference: true
                )
                return Figure(
                    title: "\(title): \(metric.title)",
                    caption: caption,
                    drawing: chart.drawing,
                    data: chart.data
                )
            }
        }
        return Section(
            identifier: "intervene",
            title: "What depends on what",
            content: [
                paragraph(
                    "\(record.model)\(place(name)) on \(record.problems) problems and \(record.texts) "
                        + "texts of each language, of \(record.source). Differences are paired, with "
                        + "95 % intervals; sets are cut at the share "
                        + "\(Format.number(record.share, 3))."
                )
            ] + figures.map(\.markup) + maps(record).map(\.markup) + [
                table(record),
                source(
                    "Record: analysis/intervene.json, made again by",
                    command: "layerswap analyze intervene RUN --force"
                ),
            ]
        )
    }

    /// What pruning the set of each language does to every language, where several were measured by
    /// likelihood.
    private static func maps(_ record: InterventionRecord) -> [Figure] {
        let entries = record.entries.filter { $0.kind == .prune && $0.weights == .mathematics }
        let metrics = record.measured
        guard !Measure.math.metrics.contains(where: metrics.contains), entries.count > 1 else {
            return []
        }
        let map = HeatMap(
            panels: [
                .init(
                    title: "pruned",
                    values: entries.map { entry in
                        metrics.map { entry[$0]?.difference.difference }
                    }
                )
            ],
            rows: entries.map { $0.language ?? "" },
            columns: metrics.map { $0.title.replacing(" bits per byte", with: "") },
            rowAxis: "set of",
            columnAxis: "what is predicted",
            quantity: "bits per byte more"
        )
        return [
            Figure(
                title: "Weights of mathematics pruned, language by language",
                caption:
                    "How many more bits a byte of each kind of text takes without the set of a "
                    + "language.",
                drawing: map.drawing,
                data: map.data
            )
        ]
    }

    private static func table(_ record: InterventionRecord) -> Markup {
        let metrics = record.measured
        return DataTable(
            ["intervention", "weights"] + metrics.map(\.title),
            rows: record.entries.map { entry in
                [words(for: entry), entry.count.map(NumberText.grouped) ?? ""]
                    + metrics.map { metric in
                        entry[metric].map { effect in
                            let mark =
                                effect.difference.isSignificant
                                ? " *" : ""
                            return Format.difference(effect.difference) + mark
                        } ?? "–"
                    }
            }
        ).markup(
            caption:
                "All effects; * p < .05 after Holm's adjustment over all interventions of a metric. "
                + Measure.remark
        )
    }

    private static func interval(_ test: PairedTest) -> ClosedRange<Double>? {
        guard test.interval.count == 2, test.interval[0] <= test.interval[1] else { return nil }
        return test.interval[0]...test.interval[1]
    }

    private static func color(of entry: InterventionRecord.Entry) -> Int {
        switch entry.weights {
        case .mathematics: 1
        case .top: 4
        case .random: 5
        case .all, nil: 0
        }
    }

    /// An intervention in a few words.
    static func words(for entry: InterventionRecord.Entry) -> String {
        let set: String? =
            switch entry.weights {
            case .mathematics: "math set"
            case .top: "top, nothing subtracted"
            case .random: entry.draws > 1 ? "random, \(entry.draws) draws" : "random"
            case .all: "everything"
            case nil: nil
            }
        let what: String? =
            switch entry.kind {
            case .prune: "prune"
            case .scale: entry.factor.map { "× \(Drawing.text($0))" }
            case .bypass, .revert, .train: nil
            }
        let layers = entry.layers.map { ends in
            ends[0] == ends[1] ? "layer \(ends[0])" : "layers \(ends[0]) and \(ends[1])"
        }
        return [what, entry.language, set, layers].compactMap { $0 }.joined(separator: " ")
    }
}
