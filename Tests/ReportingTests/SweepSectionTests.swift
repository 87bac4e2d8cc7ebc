import Checkpointing
import Evaluation
import Foundation
import MergeMethods
import Reporting
import RunRecords
import Testing

@Suite("Sections of a report about several experiments")
struct SweepSectionTests {
    /// A sweep over the steps of a stage, with the results of some of its values.
    private func sweep(_ values: [(steps: String, value: Double)]) throws -> ReportFolder {
        let folder = try ReportFolder(
            changing: ["seed: 1\n": "seed: 1\nsweep: {stages: {language: {steps: [15, 30]}}}\n"],
            table: nil
        )
        for (steps, value) in values {
            var table = ReportFolder.table
            table.rows[1].metrics["target_math"]?.value = value
            table.tests[0].difference = value - 0.38
            try folder.write(table.json(), to: "results-steps-\(steps).json")
        }
        return folder
    }

    @Test("models and differences over the values of a setting")
    func setting() throws {
        let section = try #require(try sweep([("15", 0.41), ("30", 0.5)]).section("setting"))
        for text in [
            "Over stages.language.steps",
            "<h3>Swahili, problems solved by stages.language.steps</h3>",
            ">swap</th><td class=\"number\">41.0\u{A0}% [37.1, 44.9]</td>"
                + "<td class=\"number\">50.0\u{A0}% [46.1, 53.9]</td>",
            "swap − soup</th><td class=\"number\">+3.0 [+1.0, +5.0] *</td>"
                + "<td class=\"number\">+12.0 [+1.0, +5.0] *</td>",
        ] { #expect(section.contains(text), "\(text)") }
        // Two curves, of which the compared one has a band of one standard error.
        #expect(section.contains("class=\"curve c3\"") && section.contains("class=\"band c3\""))
        #expect(!section.contains("class=\"band c2\""))
        #expect(section.contains("class=\"curve c2 control\""))
        let ticks = section.components(separatedBy: "<figure>").dropFirst().map { figure in
            figure.components(separatedBy: "text-anchor=\"end\" class=\"tick\">").dropFirst()
                .map { $0.components(separatedBy: "<")[0] }
        }
        #expect(ticks.count == 2 && ticks[0].count > 2 && ticks[0] == ticks[1], "one axis")
        #expect(try sweep([("15", 0.41)]).section("setting") == nil)
        #expect(try ReportFolder().section("setting") == nil)
    }

    /// A study over two settings, whose swap gains by as much as both experts have to teach.
    ///
    /// - Parameters:
    ///   - steps: The steps of the math expert.
    ///   - jointLead: How far it is ahead of joint training; nil without joint training.
    /// - Returns: The folder of the study.
    /// - Throws: Errors of files.
    private func plane(_ steps: [Int] = [5, 10], jointLead: Double? = nil) throws -> ReportFolder {
        let list = steps.map(String.init).joined(separator: ", ")
        let folder = try ReportFolder(
            changing: [
                "seed: 1\n":
                    "seed: 1\nsweep: {stages: {math: {steps: [\(list)]}, "
                    + "language: {steps: [15, 30]}}}\n"
            ],
            table: nil
        )
        for math in steps {
            for language in [15, 30] {
                let rooms = (Double(math) / 50, Double(language) / 100)
                var table = ReportFolder.table
                let answers = ["base": (0.1, 0.2), "math": (0.1, 0.2 + rooms.0)]
                    .merging(["language": (0.1 + rooms.1, 0.2)]) { first, _ in first }
                table.rows += answers.keys.sorted().map { name in
                    let (target, english) = answers[name] ?? (0, 0)
                    return .init(
                        model: name,
                        metrics: [
                            "target_math": ReportFolder.share(target),
                            "english_math": ReportFolder.share(english),
                        ]
                    )
                }
                let lead = rooms.0 + rooms.1 - 0.4
                if jointLead != nil {
                    table.rows.append(
                        .init(
                            model: "joint",
                            metrics: [
                                "target_math": ReportFolder.share(0.9),
                                "english_math": ReportFolder.share(0.9),
                            ]
                        )
                    )
                }
                table.tests = ["soup", "language"].map { rival in
                    var test = ReportFolder.test("target_math", lead, p: 0.01)
                    test.b = rival
                    // Two seeds that differ in how much mathematics adds.
                    test.seedDifferences = [-0.1, 0.1].map { lead + $0 * rooms.0 }
                    return test
                }
                if let jointLead {
                    var test = ReportFolder.test("target_math", jointLead, p: 0.01)
                    test.b = "joint"
                    table.tests.append(test)
                }
                let label = "math-steps-\(math)-language-steps-\(language)"
                try folder.write(table.json(), to: "results-\(label).json")
            }
        }
        return folder
    }

    @Test("where swapping pays is a map over what both experts have to teach")
    func map() throws {
        let folder = try plane()
        let section = try #require(try folder.section("map"))
        #expect(section.components(separatedBy: "class=\"mark").count - 1 == 4 + 2)
        // From −.15 to +.1: colours on both sides of zero, and the line between them.
        for text in [
            "class=\"ahead\"", "class=\"behind\"", "class=\"contour zero\"", "mark sure\"",
            "<td class=\"number\">+20.0</td><td class=\"number\">+30.0</td>"
                + "<td class=\"number\">+10.0 [+8.0, +12.0]</td>",
        ] { #expect(section.contains(text), "\(text)") }
        // Neighbours of one shade are one rectangle, and nothing lies on another or is left out.
        let pattern = #/x="([\d.]+)" y="([\d.]+)" width="([\d.]+)"[^>]*class="(\w+)" style="(.*?)"/#
        let cells = section.matches(of: pattern).compactMap { cell in
            Double(cell.1).flatMap { x in
                Double(cell.3).map {
                    (x: x, row: cell.2, end: x + $0 - 0.3, look: (cell.4, cell.5))
                }
            }
        }
        #expect(cells.count > 100 && cells.count < 52 * 38 / 2)
        for (cell, next) in zip(cells, cells.dropFirst()) where cell.row == next.row {
            #expect(abs(cell.end - next.x) < 0.03 && cell.look != next.look)
        }
        // What four settings have in common comes first; each by itself is folded.
        let result = try #require(try folder.section("result"))
        let folded = result.components(separatedBy: "<summary>").dropFirst()
            .filter { $0.hasPrefix("math-steps-") }
        #expect(folded.count == 4 && folded.allSatisfy { $0.contains(": Swahili ") })
        // Slopes of .9 and 1.1, with Student's t of one degree of freedom (12.706), and of 1 and 1.
        for text in [
            "Ten points more of room in mathematics adds +10.0 [−2.7, +22.7] to the lead",
            "of room in the language +10.0 [+10.0, +10.0]: planes", "one for each of 2 seeds",
        ] { #expect(section.contains(text), "\(text)") }
        let text = try folder.markdown()
        #expect(text.contains("## Where swapping pays"))
        #expect(text.contains("A tenth more of room in mathematics adds +0.100 [−0.027, +0.227]"))
        #expect(text.contains("| +0.200 | +0.300 | +0.100 [+0.080, +0.120] | language |"))
        #expect(try plane([5]).section("map") == nil)
        // Eight settings stand below each other, and four beside each other.
        let titles = { (folder: ReportFolder) in
            try folder.section("setting")?.components(separatedBy: "scope=\"col\"").count ?? 0
        }
        #expect(try titles(plane([5, 10, 20, 40])) == titles(plane([5, 10, 20, 40, 80])))
        #expect(try titles(plane([5])) < titles(plane([5, 10])))
        #expect(try ReportFolder().section("map") == nil)
    }

    @Test("with joint training there are two maps, with it and without it")
    func maps() throws {
        let folder = try plane(jointLead: -0.01)
        let section = try #require(try folder.section("map"))
        #expect(section.components(separatedBy: "role=\"img\"").count - 1 == 2)
        for text in [
            "over the best of all</p>", "over the best of base, experts and average</p>",
            "Of 4 settings swap is ahead of the best of all in 0, and behind in 0; in 4 the 95 % "
                + "interval reaches zero.",
            // From −.15, −.05 and 0 to +.1, with intervals of .02 to either side.
            "Of 4 settings swap is ahead of the best of base, experts and average in 1, and behind "
                + "in 2; in 1 the 95 % interval reaches zero.",
            "<td class=\"number\">−1.0 [−3.0, +1.0]</td><td class=\"number\">joint</td>"
                + "<td class=\"number\">+10.0 [+8.0, +12.0]</td>",
        ] { #expect(section.contains(text), "\(text)") }
        let text = try folder.markdown()
        #expect(text.contains("| joint | +0.100 [+0.080, +0.120] | language |"))
        #expect(text.contains("Of 4 settings swap is ahead of the best of all in 0"))
    }

    @Test("zones are a map of the scores on development problems")
    func zones() throws {
        let folder = try ReportFolder()
        #expect(try folder.section("zones") == nil)
        let database = try folder.database()
        for bottom in 0...1 {
            for top in 0...1 {
                let method = MergeMethod.layerSwap(LayerSwap(bottom: bottom, top: top))
                let score = Double(bottom) / 2 + Double(top) / 4
                _ = try database.insert(
                    EvaluationRow(
                        identity: ContentHash.of(text: "\(bottom) \(top)"),
                        model: "swap",
                        replicate: "\(bottom) \(top)",
                        method: JSONValue(encoding: method),
                        split: EvaluationRow.choice,
                        seconds: 1,
                        run: 1,
                        metrics: [.init("target_math", ReportFolder.share(score))]
                    )
                )
            }
        }
        let section = try #require(try folder.section("zones"))
        #expect(section.contains("<h3>Development problems solved by zone: swap</h3>"))
        #expect(section.contains("<title>swap, bottom 1, top 0: 0.500</title>"))
        #expect(section.contains("<title>swap, bottom 1, top 1: 0.750</title>"))
        // From the smallest number to the largest: no heat, a third, two thirds, all.
        let heats = section.components(separatedBy: "--heat:").dropFirst().prefix(4).map {
            $0.components(separatedBy: "%")[0]
        }
        #expect(heats == ["0", "33.33", "66.67", "100"])
        #expect(section.contains(">bottom 0</text>") && section.contains(">top 1</text>"))
    }

    @Test("two runs are compared problem by problem")
    func comparison() throws {
        let folders = [try ReportFolder(), try ReportFolder(changing: ["seed: 1\n": "seed: 2\n"])]
        for (folder, right) in zip(folders, [30, 10]) {
            let outcomes = Outcomes(
                identifiers: (0..<40).map { "p\($0)" },
                correct: (0..<40).map { $0 < right }
            )
            let value = try #require(outcomes.measurement)
            _ = try folder.database().insert(
                EvaluationRow(
                    identity: ContentHash.of(text: "\(right)"),
                    model: "swap",
                    split: "test",
                    seconds: 1,
                    run: 1,
                    metrics: [.init("target_math", value)]
                ),
                outcomes: ["target_math": outcomes]
            )
        }
        // A folder is removed with its last reference.
        let html = try withExtendedLifetime(folders) {
            try RunComparisonReport(folders[0].url, folders[1].url).html
        }
        for text in [
            ">swap</th><td class=\"name\">Swahili, problems solved</td>"
                + "<td class=\"name better\">▲ better</td><td class=\"number\">75.0\u{A0}%</td>"
                + "<td class=\"number\">25.0\u{A0}%</td><td class=\"number\">+50.0 [",
            "<td class=\"number\">yes</td>", "Both runs were asked the same problems",
            "seed: 1</code>", "seed: 2</code>", "For bits per byte less is better.",
        ] { #expect(html.contains(text), "\(text)") }
        #expect(!html.contains("<p class=\"panel-title\">English"))
        #expect(!html.contains(">group</th>"))
    }

    @Test("two sweeps are compared group by group, as their tables are")
    func sweptComparison() throws {
        let folders = try [sweep([]), sweep([])]
        // What a group gains in one run another loses: pooled, nothing would be different.
        let right = [["steps-15": 30, "steps-30": 10], ["steps-15": 10, "steps-30": 30]]
        for (folder, right) in zip(folders, right) {
            let database = try folder.database()
            for (cell, right) in right.sorted(by: { $0.key < $1.key }) {
                let outcomes = Outcomes(
                    identifiers: (0..<40).map { "p\($0)" },
                    correct: (0..<40).map { $0 < right }
                )
                let value = try #require(outcomes.measurement)
                _ = try database.insert(
                    EvaluationRow(
                        identity: ContentHash.of(text: "\(cell) \(right)"),
                        cell: cell,
                        model: "swap",
                        split: "test",
                        seconds: 1,
                        run: 1,
                        metrics: [.init("target_math", value)]
                    ),
                    outcomes: ["target_math": outcomes]
                )
            }
        }
        try withExtendedLifetime(folders) {
            let difference = try RunDifference(folders[0].url, folders[1].url)
            #expect(difference.lines.map(\.group) == ["steps-15", "steps-30"])
            #expect(difference.lines.map(\.test.difference) == [0.5, -0.5])
            let html = try RunComparisonReport(folders[0].url, folders[1].url).html
            for text in [
                ">group</th>",
                ">swap</th><td class=\"name\">steps-30</td><td class=\"name\">Swahili",
            ] { #expect(html.contains(text), "\(text)") }
        }
    }
}
