import ArgumentParser
import Foundation
import Pipeline

/// `layerswap runs export`.
struct RunsExportCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "export",
        abstract: "Write the measurements of a run for other programs, one a line."
    )

    @Argument(help: "A run folder, its name below --folder, or a recipe.")
    var name: String

    @Option(name: .long, help: "csv (RFC 4180) or json (an array, one object a line).")
    var format: RunExport.Format = .csv

    @Option(
        name: .customLong("output"),
        help: "A new file; standard output when left out.",
        completion: .file()
    )
    var file: String?

    @Flag(name: .long, help: "Replace the file of --output when it exists.")
    var force = false

    @Flag(name: .long, help: "Also measurements that a later run has replaced.")
    var earlier = false

    @OptionGroup var folder: RunsFolderOptions

    @Flag(name: .long, help: "Print errors only.")
    var quiet = false

    func run() throws {
        let filter = ExaminationFilter(earlier: earlier)
        let export = try RunExport(folder.database(name), filter)
        guard let file else {
            Console.write(try export.text(format), terminator: "")
            return
        }
        let url = URL(filePath: file)
        try export.write(format, to: url, replacing: force)
        Console(quiet: quiet, json: false).remark(
            "\(export.lines.count) measurements are in \(url.shownPath)."
        )
    }
}

extension RunExport.Format: ExpressibleByArgument {}
