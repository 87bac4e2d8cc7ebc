import Evaluation
import Foundations
import RunRecords

extension Section {
    /// What becomes of a model when parts of it are changed.
    static func interventions(
        _ file: InterventionFile,
        in name: String,
        _ wording: Wording
    ) -> Section {
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
        let figures = groups.compactMap { title, caption, kinds in
            effects(
                of: record.entries.filter { kinds.contains($0.kind) },
                title,
                caption,
                in: record,
                wording
            )
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
            ] + figures.map(\.markup) + maps(record, wording).map(\.markup) + [
                table(record, wording),
                source(
                    "Record: analysis/intervene.json, made again by",
                    command: "layerswap analyze intervene RUN --force"
                ),
            ]
        )
    }

    /// What pruning the set of each language does to every language, where several were measured by
    /// likelihood.
    private static func maps(_ record: InterventionRecord, _ wording: Wording) -> [Figure] {
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
            columns: metrics.map { metric in
                wording.language(of: metric)
                    ?? metric.title.replacing(" bits per byte", with: "")
            },
            rowAxis: "set of",
            columnAxis: "what is predicted",
            quantity: "bits per byte more",
            scale: .aroundZero
        )
        return [
            Figure(
                title: "Weights of mathematics pruned, language by language",
                caption:
                    "How many more bits a byte of each kind of text takes without the set of a "
                    + "language.",
                chart: map
            )
        ]
    }

    private static func table(_ record: InterventionRecord, _ wording: Wording) -> Markup {
        let metrics = record.measured
        return DataTable(
            ["intervention", "weights"] + metrics.map(wording.title),
            rows: record.entries.map { entry in
                [words(for: entry), entry.count.map(NumberText.grouped) ?? ""]
                    + metrics.map { metric in
                        entry[metric].map { effect in
                            let mark =
                                effect.difference.isSignificant
                                ? " *" : ""
                            return wording.difference(effect.difference) + mark
                        } ?? "–"
                    }
            }
        ).markup(
            caption:
                "All effects, of shares in percentage points. "
                + "* p < .05 after Holm's adjustment over all interventions of a metric. "
                + Measure.remark
        )
    }

    /// What some interventions do to the share of problems solved, in both languages on one axis.
    private static func effects(
        of entries: [InterventionRecord.Entry],
        _ title: String,
        _ caption: String,
        in record: InterventionRecord,
        _ wording: Wording
    ) -> Figure? {
        let metrics = Measure.math.metrics.filter { record.intact[$0] != nil }
        let panels = metrics.map { metric in
            IntervalChart.Panel(
                title: wording.language(of: metric) ?? metric.title,
                rows: entries.compactMap { entry in
                    entry[metric].map { effect in
                        IntervalChart.Row(
                            name: words(for: entry),
                            value: 100 * effect.difference.difference,
                            interval: percentRange(effect.difference),
                            tint: .color(color(of: entry)),
                            isSure: effect.difference.isSignificant
                        )
                    }
                }
            )
        }.filter { !$0.rows.isEmpty }
        guard !panels.isEmpty else { return nil }
        let sets: [(weights: InterventionRecord.Weights?, words: String)] = [
            (.mathematics, "sets of mathematics"), (.top, "top, nothing subtracted"),
            (.random, "random weights"),
        ]
        let used = sets.filter { set in entries.contains { $0.weights == set.weights } }
        let meanings = used.map { set in
            Key.Entry.dot(.color(color(of: set.weights)), set.words)
        }
        let chart = IntervalChart(
            panels: panels,
            axis: "change in percentage points",
            reference: 0,
            isDifference: true,
            key: Key(
                meanings + [
                    .dot(.color(5), "filled: hardly chance (p < .05, adjusted)"),
                    .dot(.color(5), isSure: false, "could be chance"),
                ]
            )
        )
        return Figure(title: title, caption: caption, chart: chart)
    }

    private static func color(of entry: InterventionRecord.Entry) -> Int {
        color(of: entry.weights)
    }

    private static func color(of weights: InterventionRecord.Weights?) -> Int {
        switch weights {
        case .mathematics: 1
        case .top: 4
        case .random: 3
        case .all, nil: 5
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
