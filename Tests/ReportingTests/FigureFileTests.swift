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
                    split: "development",
                    seconds: 1,
                    run: 1,
                    metrics: [.init("target_math", ReportFolder.share(score))]
                )
            )
        }
        return folder
    }

    private func write(_ run: ReportFolder, to folder: URL) throws -> [URL] {
        let page = run.url.appending(path: RunFolder.report)
        let files = try ReportFiles(page, figures: folder, of: [run.url])
        return try RunReport(RunArtifacts(of: run.url)).write(to: files)
    }

    @Test("every figure of the page is a file with its title, its key and colours as numbers")
    func files() throws {
        let run = try run()
        let parent = FileManager.default.temporaryDirectory
            .appending(path: "layerswap-figures-\(UUID().uuidString)")
        defer { try? FileManager.default.removeItem(at: parent) }
        let folder = parent.appending(path: "of the run")
        let files = try write(run, to: folder)
        let page = try String(contentsOf: files[0], encoding: .utf8)
        let titles = page.matches(of: /<figure><h3>([^<]*)<\/h3>/).map { String($0.1) }
        #expect(titles.count >= 3)
        #expect(files.count == 2 + titles.count && Set(files).count == files.count)
        #expect(
            files.contains {
                $0.lastPathComponent == "zones-development-problems-solved-by-zone-swap.svg"
            }
        )
        for (file, title) in zip(files.dropFirst(2), titles) {
            let data = try Data(contentsOf: file)
            let svg = String(decoding: data, as: UTF8.self)
            #expect(ChartSheet.isSheet(data) && svg.contains(">\(title)</text>"), "\(title)")
            #expect(!svg.contains("var(") && !svg.contains("color-mix") && !svg.contains("--"))
            #expect(
                svg.components(separatedBy: "<g ").count
                    == svg.components(separatedBy: "</g>").count
            )
            _ = try XMLDocument(data: data)
        }
    }

    @Test("the colour of a cell is the mixture that a browser makes of its heat")
    func colors() throws {
        let run = try run()
        let files = try write(run, to: run.url.appending(path: "figures"))
        let zones = try #require(files.first { $0.lastPathComponent.hasPrefix("zones-") })
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
        try Data("<svg>mine</svg>".utf8).write(to: files[3])
        try Data().write(to: files[0])
        #expect(throws: OutputError.self) { try write(run, to: folder) }
        #expect(try Data(contentsOf: files[3]) == Data("<svg>mine</svg>".utf8))
        #expect(try Data(contentsOf: files[0]).isEmpty, "the page is not written either")
    }
}
