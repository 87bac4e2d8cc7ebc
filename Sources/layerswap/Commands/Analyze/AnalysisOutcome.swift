import Checkpointing
import Foundation
import Foundations
import RunAnalysis
import RunRecords

/// A record that was made, or that was there, and its place.
struct AnalysisOutcome<
    Settings: Codable & Hashable & Sendable,
    Result: Codable & Hashable & Sendable
> {
    let file: AnalysisFile<Settings, Result>
    let isNew: Bool
    let target: AnalysisTarget

    /// Makes a record, or finds it, with a line that shows how far it is.
    init(
        at target: AnalysisTarget,
        on console: Console,
        _ make: (AnalysisProgress) throws -> (file: AnalysisFile<Settings, Result>, isNew: Bool)
    ) throws {
        (file, isNew) = try AnalysisProgress.shown(on: console, make)
        self.target = target
    }

    /// Makes the record of a run, or finds it.
    init<Tool: AnalysisTool>(
        _ tool: Tool,
        of run: AnalyzedRun,
        at target: AnalysisTarget,
        on console: Console
    ) throws where Tool.Settings == Settings, Tool.Result == Result {
        try self.init(at: target, on: console) { progress in
            try tool.run(run, to: target, progress: progress.update)
        }
    }

    /// Makes the record of a run that the user has named, or finds it.
    ///
    /// - Parameters:
    ///   - tool: The analysis.
    ///   - name: The name of the run.
    ///   - experiment: Where it is looked for.
    ///   - record: Where the record goes, which is checked before anything is measured.
    ///   - threads: Threads that compute.
    ///   - console: Shows how far it is.
    ///   - settings: Gets the run.
    /// - Throws: What keeps the run from being opened or the analysis from being made.
    init<Tool: AnalysisTool>(
        _ tool: Tool.Type,
        of name: String,
        in experiment: AnalyzedRunOptions,
        to record: AnalysisOutputOptions,
        threads: Int,
        on console: Console,
        settings: (AnalyzedRun) -> Settings
    ) throws where Tool.Settings == Settings, Tool.Result == Result {
        let (run, target) = try record.open(name, in: experiment, Tool.kind, threads: threads)
        let tool = Tool(settings(run), threads: threads)
        try self.init(tool, of: run, at: target, on: console)
    }

    /// Makes a record about a checkpoint, whose place is checked before the checkpoint is opened.
    init(
        _ kind: AnalysisKind,
        of checkpoint: URL,
        reading files: [OutputPlace.Input],
        to record: AnalysisOutputOptions,
        on console: Console,
        _ make: (OpenedCheckpoint, AnalysisTarget, AnalysisProgress) throws -> (
            file: AnalysisFile<Settings, Result>, isNew: Bool
        )
    ) throws {
        let target = try record.target(
            kind,
            reading: [.init("the checkpoint", checkpoint)] + files
        )
        let opened = try OpenedCheckpoint(at: checkpoint)
        try self.init(at: target, on: console) { try make(opened, target, $0) }
    }

    /// Prints what was found, where it is recorded and, when asked for, all of it as JSON.
    func show(as lines: (Result) -> [String], on console: Console) throws {
        for line in lines(file.result) { console.result(line) }
        let place = target.url.shownPath
        console.remark(
            isNew
                ? "\nRecorded in \(place), \(Duration.seconds(file.seconds).briefly)."
                : "\nFrom \(place); --force repeats it."
        )
        try console.object(file)
    }
}

extension LanguageFiles {
    /// The files as what an analysis reads and must not write over.
    var inputs: [OutputPlace.Input] { urls.map { .init("a file of a language", $0) } }
}
