import ArgumentParser
import Checkpointing
import Foundation
import Recipes
import RunAnalysis
import RunRecords

/// Which experiment of which run.
struct AnalyzedRunOptions: ParsableArguments {
    @Option(
        name: .long,
        help: "One experiment of a sweep, such as seed-2. (default: the first finished one)"
    )
    var cell: String?

    @OptionGroup var folder: RunsFolderOptions

    func open(_ name: String, threads: Int) throws -> AnalyzedRun {
        try AnalyzedRun(at: folder.catalogue.find(name), cell: cell, threads: threads)
    }
}

/// A run, or in its place a checkpoint from anywhere.
struct RunOrCheckpointOptions: ParsableArguments {
    @Argument(help: .finishedRun)
    var name: String?

    @OptionGroup var experiment: AnalyzedRunOptions

    @Option(
        name: .long,
        help: "Analyze this checkpoint folder in place of a run; it must fit in memory."
    )
    var checkpoint: String?

    /// What the user has named.
    enum Choice {
        /// A run's name.
        case run(String)
        /// A checkpoint's folder.
        case checkpoint(URL)
    }

    /// Refuses both of them, and none.
    ///
    /// - Throws: `ValidationError`.
    func checkChoice() throws {
        if (name == nil) == (checkpoint == nil) {
            throw ValidationError("name either a run or a --checkpoint")
        }
    }

    /// Just one of the two, which `checkChoice` has seen to.
    func choice() throws -> Choice {
        try name.map(Choice.run) ?? .checkpoint(ModelLookup.find(checkpoint ?? "", role: "base"))
    }
}

/// Where a record goes.
struct AnalysisOutputOptions: ParsableArguments {
    @Option(
        name: .customLong("output"),
        help: ArgumentHelp(
            "The file to write the record to. (default: in RUN/analysis)",
            valueName: "file"
        )
    )
    var file: String?

    @Flag(name: .long, help: "Repeat the analysis when it has a record.")
    var force = false

    /// Opens a run, and finds and checks the place of the record about it.
    func open(
        _ name: String,
        in experiment: AnalyzedRunOptions,
        _ kind: AnalysisKind,
        threads: Int
    ) throws -> (run: AnalyzedRun, target: AnalysisTarget) {
        let own = try file.map { file in
            let folder = try experiment.folder.catalogue.find(name)
            return try checked(
                AnalysisTarget(
                    kind,
                    file: URL(filePath: file),
                    force: force,
                    inputs: RunFolder.inputs(of: folder, excluding: [RunFolder.analysis])
                )
            )
        }
        let run = try experiment.open(name, threads: threads)
        return (run, try own ?? checked(AnalysisTarget(kind, of: run, force: force)))
    }

    /// Where the record about checkpoints goes, which has no place by itself.
    func target(_ kind: AnalysisKind, reading inputs: [OutputPlace.Input]) throws -> AnalysisTarget
    {
        guard let file else {
            throw ValidationError("--output is missing: the file for the record about checkpoints")
        }
        return try checked(
            AnalysisTarget(kind, file: URL(filePath: file), force: force, inputs: inputs)
        )
    }

    private func checked(_ target: AnalysisTarget) throws -> AnalysisTarget {
        Console.announce(try target.check())
        return target
    }
}
