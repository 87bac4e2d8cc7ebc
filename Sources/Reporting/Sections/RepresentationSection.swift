import Analysis
import Evaluation
import RunRecords

extension Section {
    /// How alike the states are for the same sentences in two languages.
    static func representations(_ file: RepresentationFile, in name: String) -> Section {
        let pairs = Set(file.result.models.map(\.record.languages))
        if pairs.count > 1 { return severalLanguages(file) }
        let models = file.result.models
        let places = models.first?.record.places ?? []
        let names = places.map { place in
            (Double(place.place), place.place == 0 ? "emb." : "\(place.place - 1)")
        }
        func chart(
            _ yAxis: String,
            _ value: (RepresentationRecord.Place) -> Estimate,
            control: ((RepresentationRecord.Place) -> Double)? = nil
        ) -> LineChart {
            var series = models.enumerated().map { number, model in
                LineChart.Series(
                    name: model.model,
                    points: model.record.places.map { place in
                        .init(
                            x: Double(place.place),
                            y: value(place).value,
                            interval: value(place).interval
                        )
                    },
                    color: number
                )
            }
            if let control, let last = models.last {
                series.append(
                    LineChart.Series(
                        name: "\(last.model), shuffled",
                        points: last.record.places.map {
                            .init(x: Double($0.place), y: control($0))
                        },
                        color: 5,
                        isControl: true
                    )
                )
            }
            return LineChart(
                series: series,
                xAxis: "behind layer",
                yAxis: yAxis,
                names: names,
                includesZero: true
            )
        }
        func figure(_ title: String, _ caption: String, _ chart: LineChart) -> Figure {
            Figure(title: title, caption: caption, chart: chart)
        }
        let codes = (models.first?.record.languages ?? ["", ""]).map(Wording.name)
        return Section(
            identifier: "representations",
            title: "Language outside, concepts in the middle?",
            content: [
                paragraph(
                    "\(models.first?.record.sentences ?? 0) sentences in \(codes[0]) and \(codes[1]), "
                        + "\(file.result.source)\(place(name)). States are mean directions over the "
                        + "tokens of a sentence; bands are 95 % intervals over sentences."
                ),
                grid([
                    figure(
                        "Centred kernel alignment (CKA) of both languages",
                        "1 when sentences lie to each other as in the other language, unbiased; shuffled "
                            + "sentences are the control.",
                        chart("CKA", { $0.alignment.value }, control: { $0.alignment.shuffled })
                    ),
                    figure(
                        "Cosine of a sentence and its translation",
                        "Beside the cosine with another sentence.",
                        chart("cosine", { $0.cosine.value }, control: { $0.cosine.shuffled })
                    ),
                    figure(
                        "Translations found, from \(codes[1]) to \(codes[0])",
                        "How often the nearest sentence is the translation; by chance "
                            + "\(Format.number(1 / Double(max(1, models.first?.record.sentences ?? 1)))).",
                        chart("share found", { $0.retrievalBack })
                    ),
                ]),
                DataTable(
                    ["model", "zones by retrieval", "share found from which"],
                    rows: models.map { model in
                        let zones = model.record.retrievalZones
                        return [
                            model.model, zones?.description ?? "–",
                            zones.map { Format.number($0.threshold) } ?? "–",
                        ]
                    }
                ).markup(
                    caption: "The zones of a swap whose middle is where translations are found at "
                        + "least half-way from the fewest to the most, in both directions"
                ),
                grid([
                    figure(
                        "Logit lens on sentences in \(codes[1]): tokens of \(codes[0])",
                        "How often the most probable token, read off this layer, belongs to \(codes[0]).",
                        chart(
                            "share of positions",
                            { $0.lens.last?.first ?? .init(value: 0, standardError: nil, count: 0) }
                        )
                    ),
                    figure(
                        "Logit lens on sentences in \(codes[1]): tokens of \(codes[1])",
                        "The rest are tokens of both, such as digits and marks.",
                        chart(
                            "share of positions",
                            {
                                $0.lens.last?.second
                                    ?? .init(value: 0, standardError: nil, count: 0)
                            }
                        )
                    ),
                ]),
                source(
                    "Record: analysis/representations.json, made again by",
                    command: "layerswap analyze representations RUN --force"
                ),
            ]
        )
    }

    /// Every two of several languages: by layer how often translations are found, and where best.
    private static func severalLanguages(_ file: RepresentationFile) -> Section {
        let models = file.result.models
        let names = models.map { $0.record.languages.joined(separator: "–") }
        let places = models.first?.record.places.indices ?? 0..<0
        let rows = places.map { $0 == 0 ? "emb." : "\($0 - 1)" }
        func map(
            _ title: String,
            scale: HeatMap.Scale = .zero,
            _ value: (RepresentationRecord.Place) -> Double
        ) -> HeatMap {
            HeatMap(
                panels: [
                    .init(
                        title: title,
                        values: places.map { place in
                            models.map { value($0.record.places[place]) }
                        }
                    )
                ],
                rows: rows,
                columns: names,
                rowAxis: "behind layer",
                columnAxis: "pairs of languages",
                quantity: title,
                scale: scale
            )
        }
        let found = map("share found") { $0.found }
        let alike = map("CKA") { $0.alignment.value.value }
        let nearer = map("cosine above shuffled", scale: .aroundZero) {
            $0.cosine.value.value - $0.cosine.shuffled
        }
        let count = models.first?.record.sentences ?? 0
        return Section(
            identifier: "representations",
            title: "Language outside, concepts in the middle?",
            content: [
                paragraph(
                    "\(count) sentences in every language, \(file.result.source). States are mean "
                        + "directions over the tokens of a sentence."
                ),
                Figure(
                    title: "Translations found by layer",
                    caption: "How often the nearest sentence is the translation, mean of both "
                        + "directions; by chance \(Format.number(1 / Double(max(1, count)))).",
                    chart: found
                ).markup,
                Figure(
                    title: "Cosine of a sentence and its translation",
                    caption: "Above the cosine with another sentence.",
                    chart: nearer
                ).markup,
                Figure(
                    title: "Centred kernel alignment (CKA)",
                    caption:
                        "1 when sentences lie to each other as in the other language, unbiased; "
                        + "0 for shuffled sentences.",
                    chart: alike
                ).markup,
                DataTable(
                    [
                        "languages", "found most behind layer", "share [95 %]", "behind embeddings",
                        "behind the last layer", "zones by retrieval",
                    ],
                    rows: models.map { model in
                        let places = model.record.places
                        let best = places.max { $0.retrieval.value < $1.retrieval.value }
                        return [
                            model.record.languages.joined(separator: "–"),
                            best.map { rows[$0.place] } ?? "–",
                            Format.interval(best?.retrieval),
                            Format.interval(places.first?.retrieval),
                            Format.interval(places.last?.retrieval),
                            model.record.retrievalZones?.description ?? "–",
                        ]
                    }
                ).markup(caption: "Translations found, from the first language to the second"),
                source(
                    "Made again by",
                    command: "layerswap analyze representations --checkpoint FOLDER --questions …"
                ),
            ]
        )
    }
}
