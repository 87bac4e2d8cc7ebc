import Analysis
import Evaluation
import Foundations
import RunRecords

/// Records of analyses in Markdown: what they say in words, then their numbers.
enum AnalysisTables {
    /// How far two experts have moved, by layer, and whether that is the published picture.
    static func change(_ record: ChangeRecord) -> [String] {
        let rows = record.layers.enumerated().map { number, layer in
            [
                "\(number)", Format.number(layer.language.value, 5),
                Format.number(layer.languageNorm), Format.number(layer.math.value, 5),
                Format.number(layer.mathNorm), layer.cosine.map { Format.number($0) } ?? "–",
            ]
        }
        let words = PublishedPicture(record).map { [MarkdownText.line($0.words), ""] } ?? []
        return words
            + MarkdownSummary.table(
                [
                    "layer", "language: mean |Δ|", "‖Δ‖/‖θ₀‖", "math: mean |Δ|", "‖Δ‖/‖θ₀‖",
                    "cosine",
                ],
                rows
            ) + [""]
    }

    /// Where a model's mathematics lies: the claims, the sizes of the sets, and what languages
    /// share.
    static func localization(_ model: ModelResults<LocalizationRecord>.ModelResult) -> [String] {
        let record = model.record
        let claims = record.cuts.flatMap { cut in
            (cut.claims ?? []).map { claim in
                [
                    "\(cut.share)", claim.claim.words, Format.signed(claim.value),
                    "[" + claim.interval.map { Format.signed($0) }.joined(separator: ", ") + "]",
                    claim.verdict.rawValue,
                ]
            }
        }
        var lines: [String] = []
        if !claims.isEmpty {
            lines +=
                MarkdownSummary.table(
                    ["\(model.model): share", "claim", "value", "95 %", "verdict"],
                    claims
                ) + [""]
        }
        lines += MarkdownSummary.table(
            ["\(model.model): share"] + record.languages.map { "weights, \($0)" },
            record.cuts.map { cut in
                ["\(cut.share)"] + cut.sets.map { NumberText.grouped($0.size) }
            }
        )
        lines += [""]
        lines += MarkdownSummary.table(
            [
                "\(model.model): share", "languages", "Jaccard", "same sizes", "same |W|",
                "without math",
            ],
            record.cuts.flatMap { cut in
                cut.pairs.map { pair in
                    [
                        "\(cut.share)", pair.languages.joined(separator: "–"),
                        Format.number(pair.all.jaccard), Format.number(pair.all.sizeNull),
                        Format.number(pair.all.weightNull), Format.number(pair.all.control),
                    ]
                }
            }
        )
        return lines + [""] + layers(model)
    }

    /// The mean Jaccard over pairs and the mean size over languages, layer by layer.
    private static func layers(_ model: ModelResults<LocalizationRecord>.ModelResult) -> [String] {
        let cuts = model.record.cuts
        guard let first = cuts.first, !first.pairs.isEmpty else { return [] }
        func mean(_ values: [Double]) -> Double { values.reduce(0, +) / Double(values.count) }
        return MarkdownSummary.table(
            ["\(model.model): layer"]
                + cuts.flatMap { ["Jaccard at \($0.share)", "weights at \($0.share)"] },
            (first.pairs.first?.layers.indices ?? 0..<0).map { layer in
                ["\(layer)"]
                    + cuts.flatMap { cut in
                        [
                            Format.number(mean(cut.pairs.map { $0.layers[layer].jaccard })),
                            NumberText.grouped(
                                Int(mean(cut.sets.map { Double($0.layers[layer]) }).rounded())
                            ),
                        ]
                    }
            }
        ) + [""]
    }

    /// What became of a model when parts of it were changed, on the metrics that are asked for.
    static func interventions(_ record: InterventionRecord, on metrics: [Metric]) -> [String] {
        MarkdownSummary.table(
            ["\(record.model): intervention"] + metrics.map(\.title),
            record.entries.map { entry in
                [Section.words(for: entry)]
                    + metrics.map { metric in
                        entry[metric].map { effect in
                            Format.difference(effect.difference)
                                + (effect.difference.isSignificant ? " *" : "")
                        } ?? "–"
                    }
            }
        ) + [""]
    }

    /// What the models between two experts are worth, and how far they are below the straight line.
    static func line(_ record: LineRecord) -> [String] {
        let metrics = record.metrics
        let cosine = record.cosine.map { Format.number($0) } ?? "–"
        return [MarkdownText.line("Cosine of both changes: \(cosine)."), ""]
            + MarkdownSummary.table(
                ["weight of \(record.second)"] + metrics.map(\.title),
                record.points.map { point in
                    [Format.number(point.weight)]
                        + metrics.map { metric in
                            point.values[metric].map { Format.number($0.value) } ?? "–"
                        }
                }
            ) + [""]
            + MarkdownSummary.table(
                ["between \(record.first) and \(record.second)"] + barrierTitles,
                barriers(of: record)
            ) + [""]
    }

    /// The titles of what `barriers` gives, behind the metric.
    static let barrierTitles = ["worse than the line by", "95 %", "at weight"]

    /// For each metric the model between two experts that is furthest below the straight line.
    ///
    /// With the words of a page shares are in percentage points.
    static func barriers(of record: LineRecord, _ wording: Wording? = nil) -> [[String]] {
        record.metrics.compactMap { metric in
            let isShare = wording != nil && metric.unit == .share
            func text(_ value: Double) -> String {
                isShare ? Format.points(value) : Format.signed(value)
            }
            return record.barrier(of: metric).map { barrier in
                let interval = barrier.interval.map { range in
                    "[\(text(range.lowerBound)), \(text(range.upperBound))]"
                }
                return [
                    wording?.title(of: metric) ?? metric.title,
                    text(barrier.height) + (isShare ? " points" : ""), interval ?? "–",
                    Format.number(barrier.weight),
                ]
            }
        }
    }

    /// How alike the states of models are for the same sentences: by layer for two languages, and
    /// where most for every two of several.
    static func representations(_ results: ModelResults<RepresentationRecord>) -> [String] {
        let pairs = Set(results.models.map(\.record.languages))
        guard pairs.count > 1 else { return results.models.flatMap(representations) }
        return Dictionary(grouping: results.models, by: modelName(of:)).sorted { $0.key < $1.key }
            .flatMap { model, pairs in severalLanguages(model, pairs.map(\.record)) }
    }

    /// The name of a model without the pair of languages behind it.
    private static func modelName(
        of result: ModelResults<RepresentationRecord>.ModelResult
    ) -> String {
        let pair = " " + result.record.languages.joined(separator: "–")
        return result.model.hasSuffix(pair)
            ? String(result.model.dropLast(pair.count)) : result.model
    }

    /// Every two of several languages in one model: where translations are found most, and by layer
    /// those of the first language.
    private static func severalLanguages(
        _ model: String,
        _ records: [RepresentationRecord]
    ) -> [String] {
        func layer(_ place: Int) -> String { place == 0 ? "embeddings" : "\(place - 1)" }
        let first = records.first?.languages.first ?? ""
        let own = records.filter { $0.languages.first == first }
        let summary = MarkdownSummary.table(
            ["\(model): languages", "found most behind", "share", "CKA most behind", "CKA"],
            records.compactMap { record in
                guard let found = record.places.max(by: { $0.found < $1.found }),
                    let alike = record.places.max(by: {
                        $0.alignment.value.value < $1.alignment.value.value
                    })
                else { return nil }
                return [
                    record.languages.joined(separator: "–"), layer(found.place),
                    Format.number(found.found), layer(alike.place),
                    Format.number(alike.alignment.value.value),
                ]
            }
        )
        let others = own.compactMap(\.languages.last)
        let byLayer = MarkdownSummary.table(
            ["\(model): behind"] + others.map { "\(first)–\($0) found" }
                + others.map { "\(first)–\($0) CKA" },
            (own.first?.places.indices ?? 0..<0).map { place in
                [layer(place)] + own.map { Format.number($0.places[place].found) }
                    + own.map { Format.number($0.places[place].alignment.value.value) }
            }
        )
        return summary + [""] + byLayer + [""]
    }

    /// How alike the states of one model are for the same sentences in two languages, by layer.
    private static func representations(
        _ model: ModelResults<RepresentationRecord>.ModelResult
    ) -> [String] {
        let pair = model.record.languages
        return MarkdownSummary.table(
            [
                "\(model.model): behind", "cosine", "shuffled", "CKA",
                "found \(pair.joined(separator: "→"))",
                "found \(pair.reversed().joined(separator: "→"))",
            ],
            model.record.places.map { place in
                [
                    place.place == 0 ? "embeddings" : "layer \(place.place - 1)",
                    Format.number(place.cosine.value.value), Format.number(place.cosine.shuffled),
                    Format.number(place.alignment.value.value),
                    Format.number(place.retrieval.value), Format.number(place.retrievalBack.value),
                ]
            }
        ) + [""]
    }
}
