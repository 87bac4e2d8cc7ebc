import Foundation
import Testing

@Suite("A sweep over a setting")
struct SettingTests {
    @Test("the run ends with models by values, and the report shows them as curves")
    func values() throws {
        try #require(TinyRun.ending.status == 0, "\(TinyRun.ending.errors)")
        let folder = try Program.temporaryFolder().appending(path: "steps")
        defer { try? FileManager.default.removeItem(at: folder) }
        let ending = try Program.run(
            "run",
            "Recipes/tiny.yaml",
            "--set",
            "output=\(folder.path)",
            "--set",
            "sweep={stages: {language: {steps: [5, 15]}}}",
            "--reuse",
            TinyRun.folder.path
        )
        try #require(ending.status == 0, "\(ending.errors)")
        let title = #/target math by stages.language.steps +5 +15\nbase +0\.\d{3} ±/#
        #expect(ending.output.contains(title))
        #expect(ending.output.contains(#/\ndifference +5 +15\nswap − base +[+−-]0\.\d{3}/#))
        #expect(ending.output.contains("\nenglish math by stages.language.steps "))

        let report = try Program.run("report", folder.path)
        #expect(report.status == 0, "\(report.errors)")
        func text(_ name: String) throws -> String {
            try String(contentsOf: folder.appending(path: name), encoding: .utf8)
        }
        let page = try text("report.html")
        #expect(page.contains(">Over stages.language.steps</h2>"))
        #expect(page.contains("aria-label=\"Swahili, problems solved by stages.language.steps. "))
        let places = try ["results-steps-5", "results-steps-15"].map { name in
            let title = ">" + name.dropFirst("results-".count) + "</h3>"
            return try #require(page.range(of: title)?.lowerBound, "\(title)")
        }
        #expect(places[0] < places[1])
        let summary = try text("report.md")
        #expect(summary.contains("## target math by stages.language.steps\n\n| model | 5 | 15 |"))
        #expect(summary.contains("| difference | 5 | 15 |"))
    }

    @Test("a run without such a sweep has no such table")
    func single() throws {
        #expect(!TinyRun.ending.errors.contains("target math by stages"))
        #expect(!TinyRun.ending.errors.contains(#/\ndifference /#))
    }
}
