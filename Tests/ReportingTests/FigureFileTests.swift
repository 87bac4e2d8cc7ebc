import Checkpointing
import Evaluation
import Foundation
import FoundationXML
import MergeMethods
import Recipes
import Reporting
import RunRecords
import Testing

@Suite("Figures as files of their own")
struct FigureFileTests {
    /// A run with a map of zones, whose cells have heats of 0, 33.33, 66.67 and 100 %.
    private func run() throws -> ReportFolder {
        let folder = try ReportFolder()
        let database = try folder.database()
        for (place, score) in [0, 0.25, 0.5, 0.75].enumerated() {
            let swap = MergeMethod.layerSwap(LayerSwap(bottom: place / 2, top: place % 2))
            _ = try database.insert(
                EvaluationRow(
                    identity: ContentHash.of(text: "\(place)"),
                    model: "swap",
                    replicate: "\(place)",
                    method: JSONValue(encoding: swap),
                    split: EvaluationRow.choice,
                    seconds: 1,
                    run: 1,
                    metrics: [.init("target_math", ReportFolder.share(score))]
                )
            )
        }
        return folder
    }

    /// Writes a report.
    ///
    /// - Returns: The page and the files in the folder of its figures, by name.
    private func write(_ run: ReportFolder, to folder: URL) throws -> (page: URL, figures: [URL]) {
        let page = run.url.appending(path: RunFolder.report)
        let files = try ReportFiles(page, figures: folder, of: [run.url])
        let written = try RunReport(RunArtifacts(of: run.url)).write(to: files)
        #expect(written.count == 3 && written.last == folder)
        let names = try FileManager.default.contentsOfDirectory(atPath: folder.path).sorted()
        return (written[0], names.map { folder.appending(path: $0) })
    }

    @Test("every figure of the page is a file with its title, its key and colours as numbers")
    func files() throws {
        let run = try run()
        let parent = FileManager.default.temporaryDirectory
            .appending(path: "layerswap-figures-\(UUID().uuidString)")
        defer { try? FileManager.default.removeItem(at: parent) }
        let folder = parent.appending(path: "of the run")
        let (file, figures) = try write(run, to: folder)
        let page = try String(contentsOf: file, encoding: .utf8)
        let titles = page.matches(of: /<figure><h3>([^<]*)<\/h3>/).map { String($0.1) }
        #expect(titles.count >= 3)
        #expect(figures.count == titles.count)
        #expect(
            figures.contains {
                $0.lastPathComponent == "zones-development-problems-solved-by-zone-swap.svg"
            }
        )
        var missing = Set(titles)
        for file in figures {
            let data = try Data(contentsOf: file)
            let svg = String(decoding: data, as: UTF8.self)
            #expect(ChartSheet.isSheet(data))
            missing = missing.filter { !svg.contains(">\($0)</text>") }
            #expect(!svg.contains("var(") && !svg.contains("color-mix") && !svg.contains("--"))
            #expect(
                svg.components(separatedBy: "<g ").count
                    == svg.components(separatedBy: "</g>").count
            )
            _ = try XMLDocument(data: data)
        }
        #expect(missing.isEmpty)
    }

    @Test("the colour of a cell is the mixture that a browser makes of its heat")
    func colors() throws {
        let run = try run()
        let files = try write(run, to: run.url.appending(path: "figures"))
        let zones = try #require(files.figures.first { $0.lastPathComponent.hasPrefix("zones-") })
        let svg = try String(contentsOf: zones, encoding: .utf8)
        let fills = svg.matches(of: /class="cell" style="fill:(#[0-9a-f]{6})"/).map {
            String($0.1)
        }
        // Shares of 0, .2, .4 and .6 of #0f5d8c in #eef3f8, computed with NumPy.
        #expect(fills.prefix(4) == ["#eef3f8", "#c3d4e3", "#98b5cd", "#6f97b7"])
    }

    @Test("an earlier figure is replaced, and anything else stays with nothing written")
    func replacing() throws {
        let run = try run()
        let folder = run.url.appending(path: "figures")
        let files = try write(run, to: folder)
        #expect(try write(run, to: folder) == files)
        try Data("<svg>mine</svg>".utf8).write(to: files.figures[1])
        try Data().write(to: files.page)
        #expect(throws: OutputError.self) { try write(run, to: folder) }
        #expect(try Data(contentsOf: files.figures[1]) == Data("<svg>mine</svg>".utf8))
        #expect(try Data(contentsOf: files.page).isEmpty, "the page is not written either")
    }
}
