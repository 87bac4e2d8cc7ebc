import ArgumentParser
import Foundation
import Foundations
import RunRecords

/// `layerswap runs`.
struct RunsCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "runs",
        abstract: "List, show, compare, export and archive runs.",
        discussion: """
            The database of each run folder, runs.sqlite, records every run, stage and evaluation. \
            It can be read during a run.
            """,
        subcommands: [
            RunsListCommand.self, RunsShowCommand.self, RunsCompareCommand.self,
            RunsExportCommand.self, RunsArchiveCommand.self,
        ],
        defaultSubcommand: RunsListCommand.self
    )
}

/// Where run folders are looked for.
struct RunsFolderOptions: ParsableArguments {
    @Option(
        name: .long,
        help:
            "Look for runs below this folder alone. (default: Checkpoints, here and in the package)",
        completion: .directory
    )
    var folder: String?

    var catalogue: RunCatalogue {
        folder.map { RunCatalogue(folder: URL(filePath: $0)) } ?? .standard
    }

    /// The database of a run.
    func database(_ run: String) throws -> RunDatabase {
        let store = RunStore(folder: try catalogue.find(run))
        return try RunDatabase(reading: store.databaseFile)
    }
}

/// `layerswap runs list`.
struct RunsListCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "list",
        abstract: "List the run folders, one per line."
    )

    @OptionGroup var folder: RunsFolderOptions
    @OptionGroup var output: OutputOptions

    func run() throws {
        let summaries = folder.catalogue.summaries()
        let console = output.console
        if summaries.isEmpty {
            console.remark(
                "There are no runs in \(folder.catalogue.shownPlaces); "
                    + "start one with 'layerswap run RECIPE'."
            )
        } else {
            let table = TextTable(
                header: [
                    "folder", "recipe", "cells", "stages", "evaluations", "started", "time",
                    "outcome",
                ],
                rows: summaries.map(Self.row),
                rightAligned: [2, 3, 4, 6]
            )
            for line in table.lines { console.result(line) }
        }
        try console.object(summaries)
    }

    private static func row(_ summary: RunSummary) -> [String] {
        [
            summary.folder,
            summary.recipe ?? "?",
            "\(summary.cells)",
            "\(summary.stages)",
            summary.evaluations.map { "\($0)" } ?? "–",
            summary.started?.description ?? "–",
            Duration.seconds(summary.seconds).briefly,
            RunText.state(summary),
        ]
    }
}

/// Words for what databases hold.
enum RunText {
    /// How far a run is, in words.
    static func state(_ summary: RunSummary) -> String {
        let message = summary.message ?? ""
        return switch summary.state {
        case .complete, .running, .interrupted: summary.state.rawValue
        case .incomplete: "not complete"
        case .stopped: message.isEmpty ? "stopped" : "stopped in \(message)"
        case .failed, .unreadable: "\(summary.state.rawValue): \(message)"
        }
    }
}
