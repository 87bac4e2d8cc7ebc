import ArgumentParser
import Foundation
import Foundations
import RunRecords

/// `layerswap runs archive`.
struct RunsArchiveCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "archive",
        abstract: "Keep what a run has measured, without its models.",
        discussion: """
            The archive has the scores of every finished evaluation, problem by problem. 'layerswap \
            run RECIPE --reuse ARCHIVE' makes the tables from them and trains only what is missing, \
            so that seeds of several days or machines become one table.
            """
    )

    @Argument(help: "A run: its folder, its name below Checkpoints, or its recipe.")
    var name: String

    @Option(
        name: .customLong("output"),
        help: "The folder to write; it must not exist.",
        completion: .directory
    )
    var target: String

    @OptionGroup var folder: RunsFolderOptions

    @Flag(name: .long, help: "Print only errors.")
    var quiet = false

    func run() throws {
        let run = try folder.catalogue.find(name)
        let place = RunArchive.place(URL(filePath: target), of: run)
        try place.check()
        let archive = try RunArchive(of: run)
        try archive.write(to: place)
        Console(quiet: quiet, json: false).remark(
            "\(place.url.shownPath): \(archive.evaluationCount) evaluations of "
                + "\(archive.experimentCount) experiments. Take them over with "
                + "'layerswap run RECIPE --reuse \(ShellText.command([target]))'."
        )
    }
}
