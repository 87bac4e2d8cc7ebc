import ArgumentParser
import Foundation
import Pipeline

/// `layerswap analyze`.
struct AnalyzeCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "analyze",
        abstract:
            "See what changed in the experts, where mathematics lies, and what depends on it.",
        discussion: """
            RUN is a finished run: its folder, its name below Checkpoints, or its recipe. Records go \
            to RUN/analysis and into its report; an analysis whose record is there is not repeated. \
            Without a subcommand all four are made.
            """,
        subcommands: [
            AnalyzeAllCommand.self, AnalyzeChangeCommand.self, AnalyzeLocalizeCommand.self,
            AnalyzeInterveneCommand.self, AnalyzeRepresentationsCommand.self,
        ],
        defaultSubcommand: AnalyzeAllCommand.self
    )
}

/// Which experiment of which run.
struct AnalyzedRunOptions: ParsableArguments {
    @Option(
        name: .long,
        help: "One experiment of a sweep, such as 'seed-2'; the first finished one when left out."
    )
    var cell: String?

    @OptionGroup var folder: RunsFolderOptions

    func open(_ name: String, threads: Int) throws -> AnalyzedRun {
        try AnalyzedRun(at: folder.catalogue.find(name), cell: cell, threads: threads)
    }
}

/// Where a record goes.
struct AnalysisOutputOptions: ParsableArguments {
    @Option(
        name: .customLong("output"),
        help: ArgumentHelp(
            "A new file for the record. Runs keep theirs in RUN/analysis.",
            valueName: "file"
        )
    )
    var file: String?

    @Flag(name: .long, help: "Make the record again although it is there.")
    var force = false

    func target(_ kind: AnalysisKind, of run: AnalyzedRun) -> AnalysisTarget {
        file.map { AnalysisTarget(file: URL(filePath: $0), force: force) }
            ?? AnalysisTarget(kind, of: run, force: force)
    }

    /// Where the record about checkpoints goes, which has no place by itself.
    func target() throws -> AnalysisTarget {
        guard let file else {
            throw ValidationError("--output is missing: the file for the record about checkpoints")
        }
        return AnalysisTarget(file: URL(filePath: file), force: force)
    }
}

/// Tells how far an analysis is, and ends it when somebody asks for that.
struct AnalysisProgress {
    private let line: ProgressLine

    init(console: Console) { line = ProgressLine(console: console) }

    func update(_ what: String, _ done: Int, _ total: Int) throws {
        if StopSwitch.isOn {
            line.close()
            Console.writeError("Stopped; the same command begins again with what is finished.")
            throw ExitCode(130)
        }
        line.update("\(what)  \(done) of \(total)", isLast: done == total)
    }

    func close() { line.close() }
}

/// Says whether and where a record was written.
enum RecordRemark {
    static func text(_ target: AnalysisTarget, isNew: Bool, seconds: Double) -> String {
        let place = target.url.shownPath
        return isNew
            ? "\nRecorded in \(place), \(Duration.seconds(seconds).briefly)."
            : "\nFrom \(place); --force makes it again."
    }
}

/// `layerswap analyze all`.
struct AnalyzeAllCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "all",
        abstract: "Make all four analyses of a run with their standard settings."
    )

    @Argument(
        help: ArgumentHelp(
            "A finished run: its folder, its name below Checkpoints, or its recipe.",
            valueName: "run"
        )
    )
    var name: String

    @OptionGroup var experiment: AnalyzedRunOptions
    @OptionGroup var threads: ThreadOptions
    @OptionGroup var output: OutputOptions

    @Flag(name: .long, help: "Make the records again although they are there.")
    var force = false

    func run() throws {
        StopSwitch.install()
        let run = try experiment.open(name, threads: threads.count)
        let console = output.console
        var files: [String] = []
        for kind in AnalysisKind.allCases {
            console.remark("\n\(kind.rawValue)")
            let target = AnalysisTarget(kind, of: run, force: force)
            let isNew: Bool
            let lines: [String]
            switch kind {
            case .change:
                let (file, new) = try AnalyzeChangeCommand.record(
                    run,
                    ChangeTool.Settings(),
                    target,
                    threads: threads.count,
                    console
                )
                (lines, isNew) = (ChangeLines(file.result).lines, new)
            case .localize:
                let (file, new) = try AnalyzeLocalizeCommand.record(
                    run,
                    LocalizationTool.Settings(models: AnalyzeLocalizeCommand.models(of: run)),
                    target,
                    threads: threads.count,
                    console
                )
                (lines, isNew) = (LocalizationLines(file.result).lines, new)
            case .intervene:
                let (file, new) = try AnalyzeInterveneCommand.record(
                    run,
                    InterventionTool.Settings(model: AnalyzeInterveneCommand.model(of: run)),
                    target,
                    threads: threads.count,
                    console
                )
                (lines, isNew) = (InterventionLines(file.result).lines, new)
            case .representations:
                let (file, new) = try AnalyzeRepresentationsCommand.record(
                    run,
                    RepresentationTool.Settings(
                        models: AnalyzeRepresentationsCommand.models(of: run)
                    ),
                    target,
                    threads: threads.count,
                    console
                )
                (lines, isNew) = (RepresentationLines(file.result).lines, new)
            }
            for line in lines { console.result(line) }
            console.remark(isNew ? "→ \(target.url.shownPath)" : "was there")
            files.append(target.url.shownPath)
        }
        console.remark("\nNext: layerswap report \(name)")
        try console.object(files)
    }
}
