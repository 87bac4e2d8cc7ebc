import ArgumentParser
import Foundation
import Foundations
import Reporting

/// `layerswap analyze page`.
struct AnalyzePageCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "page",
        abstract: "Write records of checkpoints as one HTML page, and as tables in Markdown.",
        discussion: """
            Takes files that 'layerswap analyze … --checkpoint … --output FILE' wrote. The tables are \
            in a file of the same name that ends in .md. What is analyzed of a run stands in its report.
            """
    )

    @Argument(help: "Records, in the order of the page.")
    var records: [String]

    @Option(
        name: .customLong("output"),
        help: ArgumentHelp("The HTML file to write.", valueName: "file")
    )
    var file: String

    @Option(
        help: ArgumentHelp(
            "A folder for every figure as an SVG file of its own, for papers and slides.",
            valueName: "folder"
        )
    )
    var figures: String?

    @OptionGroup var output: OutputOptions

    func run() throws {
        let target = try ReportFiles(
            URL(filePath: file),
            figures: figures.map { URL(filePath: $0) },
            of: [],
            reading: records.map { URL(filePath: $0) }
        )
        try target.check()
        let page = try AnalysisPage(of: records.map { URL(filePath: $0) })
        let files = try page.write(to: target)
        for file in files { output.console.result(file.shownPath) }
        try output.console.object(files.map(\.shownPath))
    }
}
