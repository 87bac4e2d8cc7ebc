import ArgumentParser
import Foundation
import Foundations
import Recipes
import Reporting

/// `layerswap report`.
struct ReportCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "report",
        abstract: "Write a report of a run: one HTML page, and a summary in Markdown.",
        discussion: """
            The page needs no network and no other file. It shows what is recorded: results with \
            intervals and tests, zones, learning curves, the analyses of 'layerswap analyze', cost, and \
            how to reproduce each number. With --compare, two runs stand side by side.
            """
    )

    @Argument(help: .finishedRun)
    var name: String

    @Option(
        name: .long,
        help: ArgumentHelp(
            "A second run to compare with: its folder, its name below Checkpoints, or its recipe.",
            valueName: "run"
        )
    )
    var compare: String?

    @Option(
        name: .customLong("output"),
        help: ArgumentHelp(
            "The HTML file to write. (default: report.html in the folder of the run)",
            valueName: "file"
        )
    )
    var file: String?

    @Option(
        help: ArgumentHelp(
            "A folder for every figure as an SVG file of its own, for papers and slides.",
            valueName: "folder"
        )
    )
    var figures: String?

    @OptionGroup var folder: RunsFolderOptions
    @OptionGroup var output: OutputOptions

    func run() throws {
        let run = try folder.catalogue.find(name)
        let other = try compare.map { try folder.catalogue.find($0) }
        let standard = other == nil ? RunFolder.report : RunFolder.comparisonReport
        let target = try ReportFiles(
            file.map { URL(filePath: $0) } ?? run.appending(path: standard),
            figures: figures.map { URL(filePath: $0) },
            of: [run] + (other.map { [$0] } ?? [])
        )
        try target.check()
        let files =
            try other.map { try RunComparisonReport(run, $0).write(to: target) }
            ?? RunReport(RunArtifacts(of: run)).write(to: target)
        for file in files { output.console.result(file.shownPath) }
        try output.console.object(files.map(\.shownPath))
    }
}
