import Evaluation

extension Section {
    /// Where the swap pays, over the groups of a study; nil where they are no plane.
    static func effectMap(_ run: RunArtifacts) -> Section? {
        guard let swap = run.recipe.comparedModels.first, let map = map(run) else { return nil }
        let chart = ContourMap(
            points: map.points.map { point in
                ContourMap.Point(
                    name: point.name,
                    x: point.mathematicsRoom,
                    y: point.languageRoom,
                    value: point.lead.difference,
                    isSure: isSure(point.lead)
                )
            },
            xAxis: "room in mathematics: math expert − base, English answers",
            yAxis: "room in the language: language expert − base, target answers",
            quantity: "\(swap) − best rival, target answers"
        )
        return Section(
            identifier: "map",
            title: "Where swapping pays",
            content: [
                paragraph(
                    "How far \(swap) is ahead of the best of "
                        + EffectMap.rivals.joined(separator: ", ")
                        + " in target answers, by how much either expert has to teach. Both axes "
                        + "are measured."
                ),
                Figure(
                    title: "Lead by room",
                    caption:
                        "Each mark is one setting; between them is their weighted mean, and the "
                        + "strong line is where nothing is gained. A mark is filled where the 95 % "
                        + "interval of the lead does not reach zero.",
                    drawing: chart.drawing,
                    data: chart.data
                ).markup,
                mapTable(map).markup(caption: "Every setting, with 95 % intervals"),
            ]
        )
    }

    /// The map of a run's groups.
    static func map(_ run: RunArtifacts) -> EffectMap? {
        guard let swap = run.recipe.comparedModels.first else { return nil }
        // What an earlier sweep has left is no part of this plane.
        let groups = run.groups.filter { !$0.sweep.setting.isEmpty }
        return EffectMap(of: groups.map { ($0.name, $0.table) }, swap: swap)
    }

    /// The points of a map as a table.
    static func mapTable(_ map: EffectMap) -> DataTable {
        DataTable(
            [
                "setting", "room in mathematics", "room in the language", "lead [95 %]",
                "best rival",
            ],
            rows: map.points.map { point in
                [
                    point.name, Format.signed(point.mathematicsRoom),
                    Format.signed(point.languageRoom), Format.difference(point.lead),
                    point.lead.b,
                ]
            }
        )
    }

    private static func isSure(_ test: PairedTest) -> Bool {
        guard let low = test.interval.first, let high = test.interval.last else { return false }
        return low > 0 || high < 0
    }
}
