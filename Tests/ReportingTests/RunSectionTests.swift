import Checkpointing
import Evaluation
import Foundation
import RunRecords
import Testing

@Suite("Sections of a report about the run")
struct RunSectionTests {
    @Test("what was run stands in the recipe, where it was run in the database")
    func overview() throws {
        let folder = try ReportFolder()
        let alone = try #require(try folder.section("run"))
        for text in [
            "<dd>tiny</dd>", "<dd>English → Swahili (en → sw)</dd>",
            "<dd>4 layers, width 32, 2 heads, 480 pieces</dd>",
            "<dt>stage base</dt><dd>30 steps, 15.4 k tokens</dd>",
            "<dt>stage math</dt><dd>15 steps, 7.68 k tokens</dd>",
        ] { #expect(alone.replacing("\n", with: "").contains(text), "\(text)") }
        #expect(!alone.contains("<dt>machine"))
        _ = try folder.database()
        let told = try #require(try folder.section("run"))
        #expect(told.contains("<dd>a &lt;processor&gt;, 2 threads</dd>"))
        #expect(told.contains("<dd>0123abcd</dd>") && told.contains("<dd>seed=3</dd>"))
    }

    @Test("the result comes first, and what was run comes last")
    func order() throws {
        let page = try ReportFolder().html()
        let names = page.matches(of: /<section id="([a-z]+)"/).map { String($0.1) }
        #expect(names.first == "result" && Array(names.suffix(2)) == ["run", "again"])
        #expect(
            page.contains("English → Swahili · 4 layers of width 32 · one seed · test problems")
        )
    }

    @Test("the result in words, figures and tests")
    func headline() throws {
        let folder = try ReportFolder()
        let section = try #require(try folder.section("result"))
        for text in [
            ">Swahili</p><p class=\"share\">41.0\u{A0}%</p>"
                + "<p class=\"note\">95 % interval 37.1 to 44.9\u{A0}%</p>"
                + "<p class=\"note\">500 problems</p>",
            ">English</p><p class=\"share\">50.0\u{A0}%</p>",
            "In Swahili swap solves more than soup (+3.0), in percentage points.",
            "In English swap solves fewer than soup (−12.5), in percentage points.",
            "One seed: this is about these trained models",
            "<dt>soup</dt><dd>the average of math and language, the usual merge</dd>",
            "swap − soup</th><td class=\"name\">Swahili, problems solved</td>"
                + "<td class=\"name better\">▲ better</td>"
                + "<td class=\"number\">+3.0 [+1.0, +5.0]</td><td class=\"number\">0.0100</td>",
            "<td class=\"name worse\">▼ worse</td>"
                + "<td class=\"number\">−12.5 [−14.5, −10.5]</td><td class=\"number\">&lt; .0001</td>",
            "<td class=\"name open\">○ could be chance</td><td class=\"number\">+0.250 [+0.230, "
                + "+0.270]</td>", "For bits per byte less is better.",
        ] { #expect(section.contains(text), "\(text)") }
        var table = ReportFolder.table
        table.tests = []
        table.rows[0].metrics["english_math"] = nil
        table.rows[1].metrics["english_math"] = nil
        let bare = try #require(try ReportFolder(table: table).section("result"))
        #expect(!bare.contains("English</p>") && !bare.contains("Paired comparisons"))
        #expect(!bare.contains("swap solves") && !bare.contains("minus each"))
    }

    @Test("a difference that is not shown is said to be open")
    func open() throws {
        var table = ReportFolder.table
        table.tests[0].p = 0.2
        let section = try #require(try ReportFolder(table: table).section("result"))
        #expect(section.contains("In Swahili no difference is shown to soup (+3.0)"))
        #expect(!section.contains("In Swahili swap solves"))
        table.tests[0].p = 0.01
        table.tests[0].difference = -0.03
        let behind = try #require(try ReportFolder(table: table).section("result"))
        #expect(behind.contains("In Swahili swap solves fewer than soup (−3.0)"))
    }

    @Test("of bits per byte fewer are better, and above an upper bound nothing is found")
    func verdicts() throws {
        var table = ReportFolder.table
        table.tests[2].p = 0.001
        let worse = try #require(try ReportFolder(table: table).section("result"))
        #expect(worse.contains("▼ worse</td><td class=\"number\">+0.250"))
        table.tests[2].difference = -0.25
        let better = try #require(try ReportFolder(table: table).section("result"))
        #expect(better.contains("▲ better</td><td class=\"number\">−0.250"))
        table.tests[2].role = .bound
        let bound = try #require(try ReportFolder(table: table).section("result"))
        #expect(bound.contains("upper bound</td><td class=\"number\">−0.250"))
    }

    @Test("the comparisons that are the question are drawn, all others are folded")
    func question() throws {
        var table = ReportFolder.table
        table.tests[0].role = .primary
        for number in 1...3 {
            var test = ReportFolder.test("target_math", 0.125, p: number == 1 ? 0.5 : 0.001)
            test.b = "rival-\(number)"
            table.tests.append(test)
            table.rows.append(
                .init(model: test.b, metrics: ["target_math": ReportFolder.share(0.25)])
            )
        }
        let section = try #require(try ReportFolder(table: table).section("result"))
        let parts = section.components(separatedBy: "<details class=\"more\">")
        try #require(parts.count == 2)
        #expect(!parts[0].contains("rival-") && parts[1].contains("rival-2"))
        #expect(parts[0].contains("Against 3 more models: 2 ahead, 1 open."))
        #expect(parts[1].hasPrefix("<summary>All 5 models, all 6 comparisons with their p values"))
        #expect(parts[1].contains("Those with soup are the question"))
        // The compared model alone is emphasized: a finding is no emphasis.
        #expect(!section.contains("<tr class=\"strong\">"))
    }

    @Test("every measure stands under its language, and parts under theirs")
    func tables() throws {
        var table = ReportFolder.table
        let bare = try #require(try ReportFolder(table: table).section("tables"))
        #expect(!bare.contains("By kind of problem"))
        let captions = ["In Swahili", "In English", "Across languages"]
        let parts = bare.components(separatedBy: "<caption>")
        #expect(parts.count == 4)
        for (part, caption) in zip(parts.dropFirst(), captions) {
            #expect(part.hasPrefix("\(caption), with 95 % intervals"), "\(caption)")
        }
        #expect(parts[1].contains(">bits per byte</th>") && !parts[1].contains("translation"))
        #expect(parts[1].contains("1.500 [1.461, 1.539]"))
        #expect(parts[2].contains(">problems solved</th>"))
        #expect(parts[2].contains("62.5\u{A0}% [58.6, 66.4]"))
        #expect(parts[3].contains(">translation into Swahili</th>"))
        #expect(bare.contains("<dt>bits per byte</dt><dd>the bits that the model needs"))
        let math = Metric(.math, .target)
        table.rows[1].metrics[math.part("known_words", by: .vocabulary)] = ReportFolder.share(0.75)
        table.rows[1].metrics[math.part("unknown_words", by: .vocabulary)] = ReportFolder.share(0.5)
        let whole = try #require(try ReportFolder(table: table).section("tables"))
        #expect(whole.contains("<summary>By kind of problem</summary>"))
        #expect(whole.contains("<caption>Swahili, problems solved by vocabulary</caption>"))
        #expect(whole.contains(">known words</th>") && whole.contains(">unknown words</th>"))
        #expect(
            whole.contains(
                "<td class=\"number\">75.0\u{A0}%</td><td class=\"number\">50.0\u{A0}%</td>"
            )
        )
        #expect(whole.contains("<td class=\"number\">–</td><td class=\"number\">–</td>"))
    }

    @Test("the data that stages read, each source once")
    func data() throws {
        let folder = try ReportFolder()
        #expect(try folder.section("data") == nil)
        var measure = SourceMeasure(
            stage: "math",
            source: "english-problems",
            file: "a<b.jsonl",
            split: .train
        )
        measure.documents = 12_345
        measure.symbols = 17
        var tokens = SourceMeasure.Tokens(limit: 128, shortest: 9)
        tokens.count = 654_321
        tokens.tooLong = 8
        measure.tokens = tokens
        let record = StageRecord(
            stage: "math",
            identity: ContentHash.of(text: "math"),
            facts: "steps: 3",
            seconds: 1,
            outputs: [:],
            data: [measure, measure]
        )
        try folder.write(JSONEncoder().encode(record), to: "math/stage.json")
        let section = try #require(try folder.section("data"))
        let cells = ["train", "a&lt;b.jsonl", "", "12,345", "654,321", "8", "17"]
        let row = cells.enumerated().map { place, cell in
            "<td class=\"\(place < 2 ? "name" : "number")\">\(cell)</td>"
        }.joined()
        #expect(section.components(separatedBy: row).count == 2)
    }

    @Test("learning curves end at the validation loss of the last line")
    func learning() throws {
        let folder = try ReportFolder()
        #expect(try folder.section("learning") == nil)
        let steps = (1...4).map {
            #"{"kind":"step","step":\#($0),"values":{"averageLoss":\#(Double(5 - $0))}}"#
        }
        let validation = [
            #"{"kind":"validation","step":2,"values":{"loss":3.5}}"#,
            #"{"kind":"validation","step":4,"values":{"loss":1.25}}"#,
        ]
        try folder.write(
            (steps + validation).joined(separator: "\n") + "\n",
            to: "base/metrics.jsonl"
        )
        let section = try #require(try folder.section("learning"))
        #expect(section.contains("<h3>base</h3>"))
        #expect(section.contains("Validation loss at the end: 1.250."))
        #expect(section.components(separatedBy: "class=\"curve c0\"").count == 3)
        // Losses from 1 to 4 in steps of 1 on 190 pixels; validation at 3.5 and 1.25.
        #expect(attribute("cy", ofClass: "dot c1", in: section) == [57.67, 200.17])
        #expect(attribute("cx", ofClass: "dot c1", in: section) == [157.33, 340])
        #expect(!section.contains("dot c0"))
    }

    @Test("cost is summed over the stages of a name")
    func cost() throws {
        let folder = try ReportFolder()
        let bare = try #require(try folder.section("cost"))
        #expect(!bare.contains("<th scope=\"row\""))
        let database = try folder.database()
        for (cell, seconds) in [("seed-1", 60.0), ("seed-2", 127.0)] {
            try database.upsert(
                StageRow(
                    identity: ContentHash.of(text: cell),
                    cell: cell,
                    name: "base",
                    kind: .training,
                    facts: "steps: 3",
                    inputs: [:],
                    seconds: seconds,
                    cost: .init(tokens: 1_000_000, steps: 300, operations: 4e12),
                    figures: [:],
                    run: 1
                ),
                by: 1
            )
        }
        let section = try #require(try folder.section("cost"))
        let cells = ["training", "2", "3m07s", "2 M", "8 T"].enumerated().map { place, cell in
            "<td class=\"\(place == 0 ? "name" : "number")\">\(cell)</td>"
        }
        #expect(section.contains(cells.joined()), "\(section)")
    }

    /// Two seeds with tests against base and experts.
    private static let gains: ComparisonTable = {
        var table = ReportFolder.table
        table.seeds = 2
        // Answers: base .25 and .375, math .25 and .25, language .375 and .5, soup .5 and .375,
        // swap .5 and .75.
        let seeds = [
            "base": [0.25, 0.375], "math": [0.25, 0.5], "language": [0.125, 0.25],
            "soup": [0, 0.375],
        ]
        table.rows += ["base", "math", "language"].map { .init(model: $0, metrics: [:]) }
        table.tests = seeds.sorted { $0.key < $1.key }.map { rival, differences in
            let mean = differences.reduce(0, +) / 2
            var test = ReportFolder.test("target_math", mean, p: 0.01)
            test.b = rival
            test.seedDifferences = differences
            return test
        }
        return table
    }()

    @Test("what a model gains over base and better expert stands beside its training")
    func gains() throws {
        let folder = try ReportFolder(table: Self.gains)
        let database = try folder.database()
        for (name, operations) in [("base", 9e12), ("math", 1e12), ("language", 2e12)] {
            try database.upsert(
                StageRow(
                    identity: ContentHash.of(text: name),
                    name: name,
                    kind: .training,
                    facts: name,
                    seconds: 1,
                    cost: .init(operations: operations),
                    run: 1
                ),
                by: 1
            )
        }
        let text = try folder.markdown()
        for line in [
            "| soup | +0.125 [−1.463, +1.713] | 1 of 2 | 0.000 [−1.588, +1.588] | 3 T | 1 |",
            "| language | +0.125 | 2 of 2 | – | 2 T |  |",
            "| math | −0.062 [−0.857, +0.732] | 0 of 2 | −0.188 [−0.982, +0.607] | 1 T |  |",
        ] { #expect(text.contains(line), "\(line)\n\(text)") }
        let section = try #require(try folder.section("gain"))
        #expect(section.contains(">swap</th><td class=\"number\">+31.2 [+29.2, +33.2]</td>"))
        #expect(try ReportFolder().section("gain") == nil)
    }

    @Test("experiments of a swept seed of the world are no seeds: each has its own training")
    func groups() throws {
        let folder = try ReportFolder(
            changing: ["seed: 1\n": "seed: 1\nsweep: {world: {seed: [3, 4]}}\n"],
            table: nil
        )
        let database = try folder.database()
        for (cell, operations) in [("seed-3", 1e12), ("seed-4", 5e12)] {
            try folder.write(Self.gains.json(), to: "results-\(cell).json")
            try database.upsert(
                StageRow(
                    identity: ContentHash.of(text: cell),
                    cell: cell,
                    name: "math",
                    kind: .training,
                    facts: "math",
                    seconds: 1,
                    cost: .init(operations: operations),
                    run: 1
                ),
                by: 1
            )
        }
        let lines = try folder.markdown().split(separator: "\n").filter {
            $0.hasPrefix("| math | −0.062 ")
        }
        try #require(lines.count == 2)
        #expect(lines[0].hasSuffix("| 1 T |  |") && lines[1].hasSuffix("| 5 T |  |"), "\(lines)")
    }

    @Test("how it is made again, with the recipe escaped")
    func reproduction() throws {
        let folder = try ReportFolder(changing: ["in seconds, to": "<in> seconds & to"])
        let section = try #require(try folder.section("again"))
        #expect(section.contains("layerswap run tiny.yaml\nlayerswap report layerswap-report-"))
        #expect(section.contains("The whole pipeline &lt;in&gt; seconds &amp; to"))
        let page = try folder.html()
        #expect(!page.contains("<in>") && page.contains("Not analysed yet."))
    }

    @Test("a run without a table has no report, and a damaged table is named")
    func refused() throws {
        let none = try ReportFolder(table: nil)
        #expect { try none.html() } throws: { "\($0)".contains("has no results.json; finish") }
        try none.write("{", to: "results.json")
        #expect { try none.html() } throws: { "\($0)".contains("results.json is not what a run") }
    }
}
