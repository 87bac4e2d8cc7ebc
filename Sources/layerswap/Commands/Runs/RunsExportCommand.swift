import ArgumentParser
import Foundation
import RunRecords

/// `layerswap runs export`.
struct RunsExportCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "export",
        abstract: "Export the measurements of a run as CSV or JSON, one per line."
    )

    @Argument(help: "A run: its folder, its name below Checkpoints, or its recipe.")
    var name: String

    @Option(
        name: .long,
        help: "The format: csv (RFC 4180), or json (an array, one object per line)."
    )
    var format: RunExport.Format = .csv

    @Option(
        name: .customLong("output"),
        help: "The file to write. (default: standard output)",
        completion: .file()
    )
    var file: String?

    @Flag(name: .long, help: "Replace the file of --output when it is an earlier export.")
    var force = false

    @Flag(name: .long, help: "Export measurements that a later run has replaced, too.")
    var earlier = false

    @OptionGroup var folder: RunsFolderOptions

    @Flag(name: .long, help: "Print only errors.")
    var quiet = false

    func run() throws {
        let filter = EvaluationFilter(earlier: earlier)
        let place = try file.map { file in
            let run = try folder.catalogue.find(name)
            return RunExport.place(URL(filePath: file), of: run, replacing: force)
        }
        Console.announce(try place?.check())
        let export = try RunExport(folder.database(name), filter)
        guard let file, let place else {
            Console.writeBytes(try export.text(format))
            return
        }
        try export.write(format, to: place)
        Console(quiet: quiet, json: false).remark(
            "\(export.lines.count) measurements are in \(URL(filePath: file).shownPath)."
        )
    }
}

extension RunExport.Format: ExpressibleByArgument {}
