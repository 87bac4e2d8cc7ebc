import Evaluation

extension Section {
    /// Where the swap pays, over the groups of a study; nil where they are no plane.
    static func effectMap(_ run: RunArtifacts) -> Section? {
        guard let swap = run.recipe.comparedModels.first, let map = map(run) else { return nil }
        let wording = Wording(run.recipe.languages)
        let chart = ContourMap(
            points: map.points.map { point in
                ContourMap.Point(
                    name: point.name,
                    x: 100 * point.mathematicsRoom,
                    y: 100 * point.languageRoom,
                    value: 100 * point.lead.difference,
                    isSure: isSure(point.lead)
                )
            },
            xAxis: "math expert − base in \(wording.english), points",
            yAxis: "language expert − base in \(wording.target), points",
            quantity: "\(swap) − best rival in \(wording.target), points"
        )
        return Section(
            identifier: "map",
            title: "Where swapping pays",
            content: [
                paragraph(
                    "How far \(swap) is ahead of the best of "
                        + "\(Format.list(EffectMap.rivals)) in \(wording.target), by how much "
                        + "either expert has to teach. Both axes are measured, and all numbers "
                        + "are percentage points of problems solved."
                ),
                Figure(
                    title: "Lead by room",
                    caption:
                        "Each mark is one setting; between them is their weighted mean, and the "
                        + "strong line is where nothing is gained. A mark is filled where the 95 % "
                        + "interval of the lead does not reach zero.",
                    chart: chart
                ).markup,
                mapTable(map, isInPoints: true).markup(
                    caption: "Every setting, in percentage points with 95 % intervals"
                ),
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
    static func mapTable(_ map: EffectMap, isInPoints: Bool = false) -> DataTable {
        func text(_ room: Double) -> String {
            isInPoints ? Format.points(room) : Format.signed(room)
        }
        return DataTable(
            [
                "setting", "room in mathematics", "room in the language", "lead [95 %]",
                "best rival",
            ],
            rows: map.points.map { point in
                [
                    point.name, text(point.mathematicsRoom), text(point.languageRoom),
                    isInPoints
                        ? Format.pointsInterval(point.lead) : Format.difference(point.lead),
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
