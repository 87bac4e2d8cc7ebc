import Analysis
import Evaluation
import RunRecords

/// What was found in the states of several models.
private typealias Models = [ModelResults<RepresentationRecord>.ModelResult]

extension Section {
    /// How alike the states are for the same sentences in two languages.
    static func representations(_ file: RepresentationFile, in name: String) -> Section {
        let pairs = Set(file.result.models.map(\.record.languages))
        return Section(
            identifier: "representations",
            title: "Language outside, concepts in the middle?",
            content: pairs.count > 1
                ? severalLanguages(file.result.models, from: file.result.source)
                : twoLanguages(file.result.models, from: file.result.source, in: name)
        )
    }
}

// MARK: - Two languages

extension Section {
    private static func twoLanguages(
        _ models: Models,
        from source: String,
        in name: String
    ) -> [Markup] {
        let languages = (models.first?.record.languages ?? ["", ""]).map(Wording.name)
        return [
            paragraph(
                "\(sentences(models)) sentences in \(languages[0]) and \(languages[1]), "
                    + "\(source)\(place(name)). States are mean directions over the "
                    + "tokens of a sentence; bands are 95 % intervals over sentences."
            ),
            grid(likenesses(models, languages)),
            zones(models),
            grid(lenses(models, languages)),
            self.source(
                "Record: analysis/representations.json, made again by",
                command: "layerswap analyze representations RUN --force"
            ),
        ]
    }

    /// How alike a sentence and its translation are, in three measures.
    private static func likenesses(_ models: Models, _ languages: [String]) -> [Figure] {
        [
            Figure(
                title: "Centred kernel alignment (CKA) of both languages",
                caption: "1 when sentences lie to each other as in the other language, unbiased; "
                    + "shuffled sentences are the control.",
                chart: curves(models, "CKA", control: { $0.alignment.shuffled }) {
                    $0.alignment.value
                }
            ),
            Figure(
                title: "Cosine of a sentence and its translation",
                caption: "Beside the cosine with another sentence.",
                chart: curves(models, "cosine", control: { $0.cosine.shuffled }) { $0.cosine.value }
            ),
            Figure(
                title: "Translations found, from \(languages[1]) to \(languages[0])",
                caption: "How often the nearest sentence is the translation; by chance "
                    + "\(chance(models)).",
                chart: curves(models, "share found") { $0.retrievalBack }
            ),
        ]
    }

    /// What the layers would say, in each language.
    private static func lenses(_ models: Models, _ languages: [String]) -> [Figure] {
        let nothing = Estimate(value: 0, standardError: nil, count: 0)
        return [
            Figure(
                title: "Logit lens on sentences in \(languages[1]): tokens of \(languages[0])",
                caption: "How often the most probable token, read off this layer, belongs to "
                    + "\(languages[0]).",
                chart: curves(models, "share of positions") { $0.lens.last?.first ?? nothing }
            ),
            Figure(
                title: "Logit lens on sentences in \(languages[1]): tokens of \(languages[1])",
                caption: "The rest are tokens of both, such as digits and marks.",
                chart: curves(models, "share of positions") { $0.lens.last?.second ?? nothing }
            ),
        ]
    }

    /// A value of each model by layer, and that of shuffled sentences in the last of them.
    private static func curves(
        _ models: Models,
        _ yAxis: String,
        control: ((RepresentationRecord.Place) -> Double)? = nil,
        _ value: (RepresentationRecord.Place) -> Estimate
    ) -> LineChart {
        var series = models.enumerated().map { number, model in
            LineChart.Series(
                name: model.model,
                points: model.record.places.map { place in
                    let value = value(place)
                    return .init(x: Double(place.place), y: value.value, interval: value.interval)
                },
                color: number
            )
        }
        if let control, let last = models.last {
            series.append(
                LineChart.Series(
                    name: "\(last.model), shuffled",
                    points: last.record.places.map { .init(x: Double($0.place), y: control($0)) },
                    color: 5,
                    isControl: true
                )
            )
        }
        return LineChart(
            series: series,
            xAxis: "behind layer",
            yAxis: yAxis,
            names: (models.first?.record.places ?? []).map {
                (Double($0.place), layer($0.place))
            },
            includesZero: true
        )
    }

    private static func zones(_ models: Models) -> Markup {
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
        )
    }
}

// MARK: - Several languages

extension Section {
    /// Every two of several languages: by layer how often translations are found, and where best.
    private static func severalLanguages(_ models: Models, from source: String) -> [Markup] {
        [
            paragraph(
                "\(sentences(models)) sentences in every language, \(source). States are mean "
                    + "directions over the tokens of a sentence."
            ),
            Figure(
                title: "Translations found by layer",
                caption: "How often the nearest sentence is the translation, mean of both "
                    + "directions; by chance \(chance(models)).",
                chart: map(models, "share found") { $0.found }
            ).markup,
            Figure(
                title: "Cosine of a sentence and its translation",
                caption: "Above the cosine with another sentence.",
                chart: map(models, "cosine above shuffled", scale: .aroundZero) {
                    $0.cosine.value.value - $0.cosine.shuffled
                }
            ).markup,
            Figure(
                title: "Centred kernel alignment (CKA)",
                caption: "1 when sentences lie to each other as in the other language, unbiased; "
                    + "0 for shuffled sentences.",
                chart: map(models, "CKA") { $0.alignment.value.value }
            ).markup,
            bestLayers(models),
            self.source(
                "Made again by",
                command: "layerswap analyze representations --checkpoint FOLDER --questions …"
            ),
        ]
    }

    /// A value of every two languages by layer.
    private static func map(
        _ models: Models,
        _ title: String,
        scale: HeatMap.Scale = .zero,
        _ value: (RepresentationRecord.Place) -> Double
    ) -> HeatMap {
        let places = models.first?.record.places.indices ?? 0..<0
        return HeatMap(
            panels: [
                .init(
                    title: title,
                    values: places.map { place in models.map { value($0.record.places[place]) } }
                )
            ],
            rows: places.map(layer),
            columns: models.map { languages(of: $0.record) },
            rowAxis: "behind layer",
            columnAxis: "pairs of languages",
            quantity: title,
            scale: scale
        )
    }

    /// Where translations are found most often, and how often at both ends.
    private static func bestLayers(_ models: Models) -> Markup {
        DataTable(
            [
                "languages", "found most behind layer", "share [95 %]", "behind embeddings",
                "behind the last layer", "zones by retrieval",
            ],
            rows: models.map { model in
                let places = model.record.places
                let best = places.max { $0.retrieval.value < $1.retrieval.value }
                return [
                    languages(of: model.record), best.map { layer($0.place) } ?? "–",
                    Format.interval(best?.retrieval), Format.interval(places.first?.retrieval),
                    Format.interval(places.last?.retrieval),
                    model.record.retrievalZones?.description ?? "–",
                ]
            }
        ).markup(caption: "Translations found, from the first language to the second")
    }

    private static func languages(of record: RepresentationRecord) -> String {
        record.languages.joined(separator: "–")
    }
}

// MARK: - Both

extension Section {
    /// The layer behind which a place is; place 0 is behind the embeddings.
    private static func layer(_ place: Int) -> String { place == 0 ? "emb." : "\(place - 1)" }

    private static func sentences(_ models: Models) -> Int { models.first?.record.sentences ?? 0 }

    /// How often the nearest of all sentences is the translation by chance.
    private static func chance(_ models: Models) -> String {
        Format.number(1 / Double(max(1, sentences(models))))
    }
}
