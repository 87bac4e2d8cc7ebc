import Evaluation

extension Section {
    /// Where the swap pays, over the groups of a study; nil where they are no plane.
    static func effectMap(_ run: RunArtifacts) -> Section? {
        guard let swap = run.recipe.comparedModels.first else { return nil }
        let maps = maps(run)
        guard !maps.isEmpty else { return nil }
        let wording = Wording(run.recipe.languages)
        let chart = ContourMap(
            panels: maps.map { title, map in
                .init(
                    title: maps.count > 1 ? "over \(title)" : "",
                    points: map.points.map { point in
                        .init(
                            name: point.name,
                            x: 100 * point.mathematicsRoom,
                            y: 100 * point.languageRoom,
                            value: 100 * point.lead.difference,
                            isSure: point.isSure
                        )
                    }
                )
            },
            xAxis: "math expert − base in \(wording.english), points",
            yAxis: "language expert − base in \(wording.target), points",
            quantity: "\(swap) − best rival in \(wording.target), points"
        )
        let rivals = Format.list(EffectMap.rivals.filter { hasModel($0, run) })
        let choice =
            maps.count > 1
            ? " Joint training needs both data sets at once and all steps again; who has two experts "
                + "already compares the swap with the others." : ""
        return Section(
            identifier: "map",
            title: "Where swapping pays",
            content: [
                paragraph(
                    "How far \(swap) is ahead of the best of \(rivals) in \(wording.target), by how "
                        + "much either expert has to teach. Both axes are measured, and all numbers "
                        + "are percentage points of problems solved.\(choice)"
                ),
                .group(
                    maps.map { title, map in
                        let sentences = [
                            count(map, swap, over: title), trend(map, isInPoints: true),
                        ]
                        return paragraph(sentences.compactMap { $0 }.joined(separator: " "))
                    }
                ),
                Figure(
                    title: "Lead by room",
                    caption:
                        "Each mark is one setting; between them is their weighted mean, and the "
                        + "strong line is where nothing is gained. A mark is filled where the 95 % "
                        + "interval of the lead does not reach zero.",
                    chart: chart
                ).markup,
                mapTable(maps.map(\.map), isInPoints: true).markup(
                    caption: "Every setting, in percentage points with 95 % intervals"
                ),
            ]
        )
    }

    /// In how many settings the swap is ahead.
    static func count(_ map: EffectMap, _ swap: String, over rivals: String) -> String {
        let sure = map.points.filter(\.isSure)
        let ahead = sure.count { $0.lead.difference > 0 }
        let open = map.points.count - sure.count
        return
            "Of \(map.points.count) settings \(swap) is ahead of \(rivals) in \(ahead), and behind "
            + "in \(sure.count - ahead); in \(open) the 95 % interval reaches zero."
    }

    /// What more room adds to the lead, over all settings together; nil where it is not known.
    static func trend(_ map: EffectMap, isInPoints: Bool = false) -> String? {
        guard let trend = map.trend else { return nil }
        // The slope of a tenth of all problems, which is what a setting may differ by.
        func text(_ slope: Estimate) -> String {
            var step = slope
            step.value *= 0.1
            step.standardError = step.standardError.map { $0 * 0.1 }
            let ends = step.interval.map { [$0.lowerBound, $0.upperBound] } ?? []
            let format = { isInPoints ? Format.points($0) : Format.signed($0) }
            return "\(format(step.value)) [\(ends.map(format).joined(separator: ", "))]"
        }
        let step = isInPoints ? "Ten points" : "A tenth"
        let smaller = trend.smaller.map { slope in
            " \(step) more of the smaller room, which is what both experts have to teach, adds "
                + "\(text(slope))."
        }
        return
            "\(step) more of room in mathematics adds \(text(trend.mathematics)) to the lead, and as "
            + "much more of room in the language \(text(trend.language)): planes through all "
            + "settings, one for each of \(trend.seeds) seeds, with 95 % intervals over the seeds."
            + (smaller ?? "")
    }

    /// The map of a run's groups, and with joint training the one without it; empty without a plane.
    static func maps(_ run: RunArtifacts) -> [(title: String, map: EffectMap)] {
        guard let swap = run.recipe.comparedModels.first else { return [] }
        // What an earlier sweep has left is no part of this plane.
        let groups = run.groups.filter { !$0.sweep.setting.isEmpty }.map { ($0.name, $0.table) }
        func map(_ title: String, _ rivals: [String]) -> (title: String, map: EffectMap)? {
            EffectMap(of: groups, swap: swap, rivals: rivals).map { (title, $0) }
        }
        let few = map("the best of base, experts and average", EffectMap.withoutTraining)
        guard hasModel(EffectMap.joint, run) else { return [few].compactMap { $0 } }
        return [map("the best of all", EffectMap.rivals), few].compactMap { $0 }
    }

    private static func hasModel(_ name: String, _ run: RunArtifacts) -> Bool {
        run.groups.contains { group in group.table.rows.contains { $0.model == name } }
    }

    /// The points of maps of the same settings as a table.
    static func mapTable(_ maps: [EffectMap], isInPoints: Bool = false) -> DataTable {
        func text(_ room: Double) -> String {
            isInPoints ? Format.points(room) : Format.signed(room)
        }
        let leads = [
            ["lead [95 %]", "best rival"],
            ["lead without joint training [95 %]", "best of these"],
        ]
        return DataTable(
            ["setting", "room in mathematics", "room in the language"]
                + leads.prefix(maps.count).joined(),
            rows: (maps.first?.points ?? []).map { point in
                [point.name, text(point.mathematicsRoom), text(point.languageRoom)]
                    + maps.flatMap { map in
                        let lead = map.points.first { $0.name == point.name }?.lead
                        return [
                            lead.map {
                                isInPoints ? Format.pointsInterval($0) : Format.difference($0)
                            } ?? "–",
                            lead?.b ?? "–",
                        ]
                    }
            }
        )
    }
}
