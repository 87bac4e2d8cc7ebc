import Checkpointing
import Evaluation
import Foundation
import RecipeTestSupport
import Recipes
import Reporting
import RunRecords

/// A run folder of small records written by hand, for one test.
final class ReportFolder {
    let url: URL

    /// Begins with the tiny recipe and a table of results.
    ///
    /// - Parameters:
    ///   - changes: Texts of the recipe and what stands there instead.
    ///   - table: What came out; nil when there is no table.
    /// - Throws: Errors of files.
    init(
        changing changes: KeyValuePairs<String, String> = [:],
        table: ComparisonTable? = ReportFolder.table
    ) throws {
        url = FileManager.default.temporaryDirectory
            .appending(path: "layerswap-report-\(UUID().uuidString)")
        let text = try changes.reduce(RecipeSupport.tinyText()) { text, change in
            text.replacing(change.key, with: change.value)
        }
        try write(text, to: RunFolder.recipe)
        if let table { try write(table.json(), to: RunFolder.results) }
    }

    deinit { try? FileManager.default.removeItem(at: url) }

    func write(_ data: Data, to path: String) throws {
        let file = url.appending(path: path)
        try FileManager.default.createDirectory(
            at: file.deletingLastPathComponent(),
            withIntermediateDirectories: true
        )
        try data.write(to: file)
    }

    func write(_ text: String, to path: String) throws { try write(Data(text.utf8), to: path) }

    /// Writes the record of an analysis.
    func add<Settings: Codable & Hashable & Sendable, Result: Codable & Hashable & Sendable>(
        _ kind: AnalysisKind,
        _ settings: Settings,
        _ result: Result
    ) throws {
        let file = AnalysisFile(
            kind,
            settings: settings,
            inputs: [:],
            identity: ContentHash.of(text: "identity"),
            seconds: 1,
            result: result
        )
        try write(file.json(), to: "analysis/\(kind.rawValue).json")
    }

    /// A result as its JSON has it.
    static func decoded<Result: Decodable>(_ text: String) throws -> Result {
        try JSONDecoder().decode(Result.self, from: Data(text.utf8))
    }

    /// The database of the folder with a run in it.
    func database() throws -> RunDatabase {
        let database = try RunDatabase(at: url.appending(path: RunDatabase.fileName))
        _ = try database.begin(
            RunFacts(
                recipe: "tiny",
                recipeHash: "0123abcd",
                recipeText: "name: tiny\n",
                version: "0.1.0",
                overrides: ["seed=3"],
                processor: "a <processor>",
                threads: 2,
                toolchain: "Swift 6.3"
            )
        )
        return database
    }

    /// The page.
    func html() throws -> String { try RunReport(RunArtifacts(of: url)).html }

    /// The summary in Markdown.
    func markdown() throws -> String {
        let page = url.appending(path: RunFolder.report)
        let files = try RunReport(RunArtifacts(of: url)).write(to: ReportFiles(page, of: [url]))
        return try String(contentsOf: files[1], encoding: .utf8)
    }

    /// One section of the page without what follows; nil when the page does not have it.
    func section(_ identifier: String) throws -> String? {
        let parts = try html().components(separatedBy: "<section id=\"\(identifier)\"")
        return parts.count == 2 ? parts[1].components(separatedBy: "</section>")[0] : nil
    }

    static func share(_ value: Double, _ error: Double = 0.02) -> Estimate {
        Estimate(value: value, standardError: error, count: 500)
    }

    /// Two models with a test of each of three metrics between them.
    static let table = ComparisonTable(
        seeds: 1,
        rows: [
            .init(
                model: "soup",
                metrics: [
                    "target_math": share(0.38), "target_bits_per_byte": share(1.25),
                    "translation_to_target": share(0.125), "english_math": share(0.625),
                ]
            ),
            .init(
                model: "swap",
                metrics: [
                    "target_math": share(0.41), "target_bits_per_byte": share(1.5),
                    "translation_to_target": share(0.25), "english_math": share(0.5),
                ]
            ),
        ],
        tests: [
            test("target_math", 0.03, p: 0.01), test("english_math", -0.125, p: 0.00001),
            test("target_bits_per_byte", 0.25, p: 0.5),
        ]
    )

    static func test(_ metric: Metric, _ difference: Double, p: Double) -> PairedTest {
        PairedTest(
            metric: metric,
            a: "swap",
            b: "soup",
            difference: difference,
            interval: [difference - 0.02, difference + 0.02],
            p: p
        )
    }
}

/// The numbers of an attribute of all elements with a class.
func attribute(_ name: String, ofClass style: String, in svg: String) -> [Double] {
    svg.components(separatedBy: "<").filter { $0.contains("class=\"\(style)\"") }.compactMap {
        element in
        let parts = element.components(separatedBy: " \(name)=\"")
        return parts.count == 2 ? parts[1].split(separator: "\"").first.flatMap { Double($0) } : nil
    }
}
