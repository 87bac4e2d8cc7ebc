import Checkpointing
import Evaluation
import MergeMethods
import RunRecords
import Testing

@Suite("The picture of a layer swap")
struct StackTests {
    /// The figure of the swap in a report on the tiny recipe; nil when there is none.
    private func figure(_ swap: String, _ folder: ReportFolder? = nil) throws -> String? {
        let folder = try folder ?? Self.folder(swap)
        let section = try #require(try folder.section("result"))
        return section.components(separatedBy: "<figure>").first {
            $0.hasPrefix("<h3>What swap is made of</h3>")
        }
    }

    private static func folder(_ swap: String) throws -> ReportFolder {
        try ReportFolder(
            changing: [
                "{method: layer-swap}": swap,
                "  split: test": "  split: test\n  development: {problems: 8}",
            ]
        )
    }

    /// The rows of the figure's data, cell by cell.
    private func rows(_ figure: String) -> [[String]] {
        figure.components(separatedBy: "<tr>").dropFirst(2).map { row in
            row.matches(of: />([^<]+)<\/t[hd]>/).map { String($0.1) }
        }
    }

    @Test("each layer is drawn as the zones deal it out, with its owners outside")
    func zones() throws {
        let figure = try #require(
            try figure(
                "{method: layer-swap, bottom: 1, top: 1, bottom_transition: 1, "
                    + "top_transition: 0, transition: constant 0.25, final_norm: base}"
            )
        )
        #expect(
            rows(figure) == [
                ["embeddings", "language", "language", "1.000"],
                ["0", "language", "language", "1.000"],
                ["1", "language 25 %", "language 25 %", "0.250"],
                ["2", "math", "math", "0.000"], ["3", "language", "language", "1.000"],
                ["final norm", "base", "base", "–"], ["head", "tied", "tied", "–"],
            ]
        )
        #expect(
            figure.contains(
                "Of 4 layers, 2 are from the language expert, 1 is from the math expert and 1 is from "
                    + "both."
            )
        )
        // A quarter of a part of the language expert is taken, three of the math expert.
        let language = attribute("width", ofClass: "left c0", in: figure)
        #expect(language.count == 7)
        let taken = attribute("width", ofClass: "taken c0", in: figure)
        #expect(taken.count == 4 && taken.contains(language[0] / 4))
        #expect(
            attribute("width", ofClass: "taken c1", in: figure) == [
                language[0], language[0] * 3 / 4,
            ]
        )
        // The output is above: the head, then the norm, then the last layer.
        let names = figure.matches(of: /class="part[^>]*><title>([^<:]+):/).map { String($0.1) }
        #expect(names == ["head", "final norm", "3", "2", "1", "0", "embeddings"])
    }

    @Test("a layer whose halves come from different experts has two parts")
    func halves() throws {
        let figure = try #require(
            try figure("{method: layer-swap, bottom: 2, top: 0, tensors: mlp}")
        )
        #expect(rows(figure)[1] == ["0", "math", "language", "0.500"])
        #expect(figure.contains("<title>0, feed-forward network: language</title>"))
        #expect(figure.contains("attention, and behind it the feed-forward network"))
    }

    @Test("what was chosen among several settings is in the database, and else is not drawn")
    func chosen() throws {
        let folder = try Self.folder("{method: layer-swap, bottom: [1, 2], top: 0}")
        #expect(try figure("", folder) == nil)
        let database = try folder.database()
        func evaluate(_ bottom: Int, _ split: String) throws {
            let method = MergeMethod.layerSwap(LayerSwap(bottom: bottom, top: 0))
            _ = try database.insert(
                EvaluationRow(
                    identity: ContentHash.of(text: "\(bottom) \(split)"),
                    model: "swap",
                    replicate: "\(bottom)",
                    method: JSONValue(encoding: method),
                    split: split,
                    seconds: 1,
                    run: 1,
                    metrics: [.init("target_math", ReportFolder.share(0.5))]
                )
            )
        }
        try evaluate(2, EvaluationRow.choice)
        #expect(try figure("", folder) == nil)
        try evaluate(1, "test")
        let one = try #require(try figure("", folder))
        #expect(one.contains("1 is from the language expert") && !one.contains("Other seeds"))
        try evaluate(2, "test")
        #expect(try #require(try figure("", folder)).contains("Other seeds have chosen"))
    }

    @Test("what was chosen and measured on development problems is drawn too")
    func development() throws {
        let folder = try ReportFolder(
            changing: [
                "{method: layer-swap}": "{method: layer-swap, bottom: [1, 2], top: 0}",
                "  split: test": "  split: development\n  development: {problems: 8}",
            ]
        )
        let database = try folder.database()
        for (bottom, split) in [(1, EvaluationRow.choice), (2, EvaluationRow.choice)]
            + [(2, "development")]
        {
            let method = MergeMethod.layerSwap(LayerSwap(bottom: bottom, top: 0))
            _ = try database.insert(
                EvaluationRow(
                    identity: ContentHash.of(text: "\(bottom) \(split)"),
                    model: "swap",
                    method: JSONValue(encoding: method),
                    split: split,
                    seconds: 1,
                    run: 1,
                    metrics: [.init("target_math", ReportFolder.share(0.5))]
                )
            )
        }
        let figure = try #require(try figure("", folder))
        #expect(figure.contains("2 are from the language expert"))
        #expect(!figure.contains("Other seeds"))
    }

    @Test("a merge that is no layer swap has no such picture")
    func others() throws {
        let folder = try ReportFolder(
            changing: [
                "{method: layer-swap}": "{method: slerp}",
                "  split: test": "  split: test\n  compare: [swap]",
            ]
        )
        #expect(try figure("", folder) == nil)
        #expect(try #require(try folder.section("result")).contains("In Swahili swap solves"))
    }
}
