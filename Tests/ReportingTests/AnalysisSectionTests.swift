import Analysis
import Evaluation
import Foundation
import RunRecords
import Testing

@Suite("Sections of a report about analyses")
struct AnalysisSectionTests {
    private static func estimate(_ value: Double) -> String {
        "{\"value\": \(value), \"stderr\": 0.01, \"n\": 1000}"
    }

    @Test("the change of each layer in each expert")
    func change() throws {
        let folder = try ReportFolder()
        #expect(try folder.section("change") == nil)
        func expert(_ value: Double) -> String {
            """
            {"mean_absolute": \(Self.estimate(value)), "relative_norm": \(value),
             "rows_above": [0.9, \(value), 0.1], "effective_rank": \(100 * value)}
            """
        }
        let record: ChangeRecord = try ReportFolder.decoded(
            """
            {"thresholds": [0.01, 0.125, 0.5],
             "tensors": [{"name": {"name": "model.layers.0.mlp.up_proj.weight", "layer": 0,
               "module": "mlp.up_proj"}, "shape": [2, 2], "base_magnitude": 1,
               "language": \(expert(0.25)), "math": \(expert(0.5)), "cosine": -0.375}],
             "layers": [{"language": \(Self.estimate(0.25)), "math": \(Self.estimate(0.5)),
               "language_norm": 0.1875, "math_norm": 0.4375, "cosine": -0.375}]}
            """
        )
        try folder.add(.change, ChangeSettings(), record)
        let section = try #require(try folder.section("change"))
        for text in [
            "<h3>Mean change by layer</h3>", "<title>language expert: 0.250</title>",
            "<title>math expert: 0.500</title>", "<title>math expert, 0, up: 0.500</title>",
            "<title>cosine of both changes, 0, up: −0.375</title>",
            "share of rows above 0.12 of the tensor&#39;s mean |θ₀|", ">effective rank of Δ</th>",
            // Cosines have zero in the middle of their scale, and a colour for what is below it.
            "class=\"below\" style=\"--heat:100%\"><title>cosine of both changes, 0, up: −0.375",
            "<li>cosine: −0.38<svg ", "</svg>0.38</li>",
            "<td class=\"number\">25.000000</td>",
        ] { #expect(section.contains(text), "\(text)") }
        let row = "| 0 | 0.25000 | 0.188 | 0.50000 | 0.438 | −0.375 |"
        #expect(try folder.markdown().contains(row))
        let page = try folder.html()
        #expect(!page.contains("Not analysed yet."))
    }

    @Test("where mathematics lies, and what languages share")
    func localization() throws {
        let folder = try ReportFolder()
        #expect(try folder.section("localize") == nil)
        let overlap = """
            {"sizes": [10, 12], "shared": 4, "jaccard": 0.25, "groups": \(Self.estimate(0.2)),
             "size_null": 0.03125, "size_z": 7.25, "weight_null": 0.125,
             "weight_deviation": 0.015625, "weight_z": -1.5, "control": 0.0625}
            """
        func set(_ language: String, _ size: Int) -> String {
            """
            {"language": "\(language)", "size": \(size), "layers": [\(size)], "layer_groups": [],
             "tensors": [\(size)], "agreement": \(Self.estimate(0.875))}
            """
        }
        let record: LocalizationRecord = try ReportFolder.decoded(
            """
            {"languages": ["en", "sw"], "mathematics": [8, 8], "other": [8, 8], "groups": 2,
             "draws": 5, "seed": 1, "tensors": [], "cuts": [{"share": 0.05,
               "sets": [\(set("en", 12_345)), \(set("sw", 999))], "pairs": [{
               "languages": ["en", "sw"], "all": \(overlap), "layers": [\(overlap)],
               "tensors": []}]}]}
            """
        )
        try folder.add(
            .localize,
            LocalizationSettings(models: ["swap"]),
            ModelResults(source: "the <dev> split", models: [.init(model: "swap", record: record)])
        )
        let section = try #require(try folder.section("localize"))
        for text in [
            "Samples are the &lt;dev&gt; split; 100 of each language and kind",
            "<h3>Model swap</h3>", "<h3>Size of the sets by layer, swap</h3>",
            "<title>English: 12345.000</title>", "<title>mathematics: 0.250</title>",
            ">5 %</th><td class=\"name\">en–sw</td><td class=\"number\">12,345</td>"
                + "<td class=\"number\">999</td><td class=\"number\">0.250</td>"
                + "<td class=\"number\">0.200 [0.180, 0.220]</td><td class=\"number\">0.031</td>"
                + "<td class=\"number\">+7.2</td><td class=\"number\">0.125</td>"
                + "<td class=\"number\">−1.5</td><td class=\"number\">0.062</td>"
                + "<td class=\"number\">0.875 / 0.875</td>",
        ] { #expect(section.contains(text), "\(text)") }
    }

    @Test("what becomes of a model when parts of it are changed")
    func interventions() throws {
        let folder = try ReportFolder()
        #expect(try folder.section("intervene") == nil)
        func effects(_ difference: Double) -> [InterventionRecord.Effect] {
            [
                InterventionRecord.Effect(
                    metric: "target_math",
                    value: ReportFolder.share(0.4 + difference),
                    difference: ReportFolder.test("target_math", difference, p: 0.001)
                )
            ]
        }
        let record = InterventionRecord(
            model: "swap",
            base: "base",
            source: "the development split",
            problems: 200,
            texts: 100,
            share: 0.05,
            intact: ["target_math": ReportFolder.share(0.4)],
            baseline: [:],
            entries: [
                .init(
                    kind: .prune,
                    weights: .mathematics,
                    language: "sw",
                    count: 12_345,
                    draws: 1,
                    effects: effects(-0.25)
                ),
                .init(kind: .bypass, layers: [3, 3], draws: 1, effects: effects(-0.125)),
            ]
        )
        try folder.add(.intervene, InterventionSettings(model: "swap"), record)
        let section = try #require(try folder.section("intervene"))
        for text in [
            "swap on 200 problems and 100 texts of each language, of the development split.",
            "cut at the share 0.050.", "<h3>Weights of mathematics pruned</h3>", ">Swahili</p>",
            "<title>prune sw math set: −25.0</title>", "<title>layer 3: −12.5</title>",
            "prune sw math set</th><td class=\"number\">12,345</td>"
                + "<td class=\"number\">−25.0 [−27.0, −23.0] *</td></tr>",
            "For bits per byte less is better.",
        ] { #expect(section.contains(text), "\(text)") }
        #expect(!section.contains("Weights of mathematics scaled"))
        #expect(try folder.markdown().contains("−0.125 [−0.145, −0.105] |"))
    }

    @Test("how alike the states are for the same sentences")
    func representations() throws {
        let folder = try ReportFolder()
        #expect(try folder.section("representations") == nil)
        func place(_ number: Int, _ value: Double) -> String {
            """
            {"place": \(number), "cosine": {"value": \(Self.estimate(value)), "shuffled": 0.0625,
             "shuffled_deviation": 0}, "alignment": {"value": \(Self.estimate(value / 2)),
             "shuffled": 0.03125, "shuffled_deviation": 0},
             "retrieval": \(Self.estimate(value)), "retrieval_back": \(Self.estimate(0.4375)),
             "lens": [{"first": \(Self.estimate(0.75)), "second": \(Self.estimate(0.1875)),
             "neither": \(Self.estimate(0.0625))}]}
            """
        }
        let record: RepresentationRecord = try ReportFolder.decoded(
            """
            {"languages": ["en", "sw"], "sentences": 40, "draws": 5,
             "places": [\(place(0, 0.25)), \(place(1, 0.625))]}
            """
        )
        try folder.add(
            .representations,
            RepresentationSettings(models: ["swap"]),
            ModelResults(source: "the test split", models: [.init(model: "swap", record: record)])
        )
        let section = try #require(try folder.section("representations"))
        for text in [
            "40 sentences in English and Swahili, the test split.", ">emb.</text>",
            "by chance 0.025.",
            "<title>swap: 0.625</title>", "<title>swap: 0.312</title>",
            "<title>swap, shuffled: 0.031</title>", "<title>swap: 0.438</title>",
            "<title>swap: 0.750</title>", "<title>swap: 0.188</title>",
            // Found: (.25 + .4375) / 2 behind the embeddings, (.625 + .4375) / 2 behind layer 0.
            ">swap</th><td class=\"number\">bottom: 1, top: 0</td><td class=\"number\">0.438</td>",
        ] { #expect(section.contains(text), "\(text)") }
    }

    @Test("what lies between the experts, and how far below the straight line")
    func line() throws {
        let folder = try ReportFolder()
        #expect(try folder.section("line") == nil)
        func answers(_ right: [Bool]) -> Outcomes {
            Outcomes(identifiers: right.indices.map { "\($0)" }, correct: right)
        }
        func bits(_ amounts: [Double]) -> Outcomes {
            Outcomes(
                identifiers: amounts.indices.map { "\($0)" },
                amounts: amounts,
                weights: amounts.map { _ in 4 }
            )
        }
        let measured: [(Double, [Metric: Outcomes])] = [
            (0, ["target_math": answers([true, true, false, true])]),
            (0.25, ["target_math": answers([true, false, false, true])]),
            (1, ["target_math": answers([true, true, true, true])]),
        ]
        let text = [bits([4, 4, 4, 4]), bits([9, 9, 9, 9]), bits([8, 8, 8, 8])]
        let record = LineRecord(
            first: "math",
            second: "language",
            cosine: 0.1875,
            source: "the development split",
            problems: 4,
            texts: 4,
            measured: zip(measured, text).map { one, text in
                (one.0, one.1.merging(["target_bits_per_byte": text]) { first, _ in first })
            }
        )
        // .5 where the line has .75 · .75 + .25 · 1, and 2.25 where it has .75 · 1 + .25 · 2.
        let barrier = try #require(record.barrier(of: "target_math"))
        #expect(barrier.weight == 0.25 && abs(barrier.height - 0.3125) < 1e-12)
        let range = try #require(barrier.interval)
        #expect(range.contains(barrier.height) && range.lowerBound < 0.3)
        #expect(record.barrier(of: "target_bits_per_byte")?.height == 1)
        #expect(
            record.points.allSatisfy { $0.weight == 0.25 || $0.excess["target_math"]?.value == 0 }
        )
        try folder.add(.line, LineSettings(weights: [0, 0.25, 1]), record)
        let section = try #require(try folder.section("line"))
        for text in [
            "cosine of both changes from the base is 0.188", "4 problems of each language",
            "<title>Swahili: 50.000</title>", ">worse than the line by</th>", ">+1.000</td>",
            ">Swahili, problems solved</th>", ">+31.2 points</td>",
        ] { #expect(section.contains(text), "\(text)\n\(section)") }
        let markdown = try folder.markdown()
        #expect(markdown.contains("| 0.250 | 0.500 | 2.250 |"))
        #expect(markdown.contains("| target math | +0.312 |"))
    }

    @Test("the worst of several models between the experts has an interval for all of them")
    func worst() throws {
        let names = (0..<8).map(String.init)
        func answers(_ wrong: Set<Int>) -> [Metric: Outcomes] {
            [
                "target_math": Outcomes(
                    identifiers: names,
                    correct: (0..<8).map { !wrong.contains($0) }
                )
            ]
        }
        let record = LineRecord(
            first: "math",
            second: "language",
            cosine: nil,
            source: "the development split",
            problems: 8,
            texts: 0,
            measured: [
                (0, answers([])), (0.25, answers([1])), (0.5, answers([1, 2, 3])),
                (0.75, answers([4, 5])), (1, answers([])),
            ]
        )
        let barrier = try #require(record.barrier(of: "target_math"))
        let excess = try #require(record.points[2].excess["target_math"])
        let expected = try #require(excess.interval(leavingOut: 0.05 / 3))
        let found = try #require(barrier.interval)
        #expect(barrier.weight == 0.5 && barrier.height == 0.375)
        #expect(abs(found.lowerBound + expected.upperBound) < 1e-12)
        #expect(abs(found.upperBound + expected.lowerBound) < 1e-12)
        let single = try #require(excess.interval)
        #expect(found.upperBound > -single.lowerBound)
    }

    @Test("the summary has the numbers of the page as Markdown")
    func summary() throws {
        let folder = try ReportFolder(changing: ["in seconds, to": "*in* <seconds> to"])
        let text = try folder.markdown()
        for line in [
            "# tiny", "The whole pipeline \\*in\\* \\<seconds\\> to check that it works.",
            "| model | target math | english math | target bits per byte |",
            "| swap | 0.410 [0.371, 0.449] | 0.500 [0.461, 0.539] | 1.500 [1.461, 1.539] |",
            "| swap − soup | english math | −0.125 [−0.145, −0.105] | \\< .0001 | – |",
        ] { #expect(text.contains("\n\(line)\n"), "\(line)\n\(text)") }
        // As on the page, with how far it reaches.
        #expect(text.contains("In Swahili swap solves more than soup (+3.0), in percentage"))
        #expect(text.contains("In English swap solves fewer than soup (−12.5)"))
        #expect(text.contains("\nOne seed: this is about these trained models, and only a lead"))
        #expect(!text.contains("development problems"))
        let lead = try ReportFolder(changing: ["  split: test": "  split: development"])
        #expect(try lead.markdown().contains("Asked were development problems"))
        // Bits per byte have a column and no test here.
        #expect(!text.contains("| target bits per byte | +0.250"))
        #expect(!text.contains("## Analyses") && !text.contains("Made by layerswap"))
        _ = try folder.database()
        #expect(try folder.markdown().contains("on a \\<processor\\>, 2 threads"))
    }
}
