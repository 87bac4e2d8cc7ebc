import ArgumentParser
import Foundation
import Foundations
import RunAnalysis
import RunRecords

/// `layerswap analyze`.
struct AnalyzeCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "analyze",
        abstract:
            "Analyze what changed in the experts, where mathematics lies, and what depends on it.",
        discussion: """
            RUN is a finished run: its folder, its name below Checkpoints, or its recipe. Records go \
            to RUN/analysis and into its report; an analysis that has a record is not repeated. \
            Without a subcommand, all five analyses are made.
            """,
        subcommands: [
            AnalyzeAllCommand.self, AnalyzeChangeCommand.self, AnalyzeLocalizeCommand.self,
            AnalyzeInterveneCommand.self, AnalyzeLineCommand.self,
            AnalyzeRepresentationsCommand.self,
            AnalyzePageCommand.self,
        ],
        defaultSubcommand: AnalyzeAllCommand.self
    )
}

/// `layerswap analyze all`.
struct AnalyzeAllCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "all",
        abstract: "Make all five analyses of a run with their standard settings."
    )

    @Argument(help: .finishedRun)
    var name: String

    @OptionGroup var experiment: AnalyzedRunOptions
    @OptionGroup var threads: ThreadOptions
    @OptionGroup var output: OutputOptions

    @Flag(name: .long, help: "Repeat analyses that have a record.")
    var force = false

    func run() throws {
        AnalysisProgress.expectStop()
        let run = try experiment.open(name, threads: threads.count)
        let console = output.console
        var files: [String] = []
        let targets = AnalysisKind.allCases.map {
            ($0, AnalysisTarget($0, of: run, force: force))
        }
        // None is found to be in the way after the others were made.
        for (_, target) in targets { _ = try target.check() }
        for (kind, target) in targets {
            console.remark("\n\(kind.rawValue)")
            let (lines, isNew) = try make(kind, run, target, console)
            for line in lines { console.result(line) }
            console.remark(isNew ? "→ \(target.url.shownPath)" : "already recorded")
            files.append(target.url.shownPath)
        }
        let next = ShellText.command(["layerswap", "report", name])
        if !console.json { console.remark("\nNext:\n    \(next)") }
        try console.object(files)
    }

    /// An analysis with its standard settings as lines of text, and whether it was made now.
    private func make(
        _ kind: AnalysisKind,
        _ run: AnalyzedRun,
        _ target: AnalysisTarget,
        _ console: Console
    ) throws -> (lines: [String], isNew: Bool) {
        func make<Tool: AnalysisTool>(
            _: Tool.Type,
            _ lines: (Tool.Result) -> [String]
        ) throws -> (lines: [String], isNew: Bool) {
            let tool = Tool(Tool.standardSettings(for: run), threads: threads.count)
            let made = try AnalysisOutcome(tool, of: run, at: target, on: console)
            return (lines(made.file.result), made.isNew)
        }
        return switch kind {
        case .change: try make(ChangeTool.self) { ChangeLines($0).lines }
        case .localize: try make(LocalizationTool.self) { LocalizationLines($0).lines }
        case .intervene: try make(InterventionTool.self) { InterventionLines($0).lines }
        case .line: try make(LineTool.self) { LineLines($0).lines }
        case .representations:
            try make(RepresentationTool.self) { RepresentationLines($0).lines }
        }
    }
}
