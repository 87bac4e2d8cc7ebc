import Analysis
import Foundation
import RunAnalysis
import RunRecords

/// What analyses found out about each layer.
extension Workshop {
    /// The findings that are on record.
    ///
    /// - Throws: `AnalysisFileError` for a record that cannot be read.
    func bars() throws -> BarsMessage {
        var message = BarsMessage()
        if let file: ChangeFile = try record(.change) {
            message.change = BarsMessage.Change(
                math: file.result.layers.map(\.mathNorm),
                language: file.result.layers.map(\.languageNorm)
            )
        }
        if let file: RepresentationFile = try record(.representations) {
            message.states = file.result.models.first.map { BarsMessage.States($0.record) }
        }
        if let file: LocalizationFile = try record(.localize) {
            message.sets = file.result.models.first.flatMap { BarsMessage.Sets($0.record) }
        }
        return message
    }

    /// Measures how far each expert has moved, and writes it down in the run.
    ///
    /// - Parameters:
    ///   - kind: What is measured.
    ///   - emit: Gets `progress` and `done`.
    /// - Throws: `StudioError`, `CancellationError`, errors of the analysis.
    func computeBars(_ kind: String, emit: @escaping EventSink) throws {
        let start = ContinuousClock.now
        guard kind == AnalysisKind.change.rawValue else {
            throw StudioError.silent(
                "This takes minutes; run 'layerswap analyze' for this run in a terminal, and load "
                    + "the page again."
            )
        }
        guard let run = material.run else { throw StudioError.homeless }
        let lock = try RunLock(folder: run.root)
        try withExtendedLifetime(lock) {
            _ = try ChangeTool(ChangeSettings(ranks: false), threads: threads).run(
                run,
                to: AnalysisTarget(.change, of: run, force: false)
            ) { done, all in
                try Task.checkCancellation()
                try emit(StreamEvent("progress", ProgressMessage(done: done, of: all)))
            }
        }
        try emit(StreamEvent("done", DoneMessage(milliseconds: start.millisecondsToNow)))
    }

    private func record<Settings, Result>(
        _ kind: AnalysisKind
    ) throws -> AnalysisFile<Settings, Result>? {
        guard let run = material.run else { return nil }
        let file = kind.file(in: run.folder)
        guard FileManager.default.fileExists(atPath: file.path) else { return nil }
        return try AnalysisFile(at: file)
    }
}

/// How far long work is.
struct ProgressMessage: Encodable, Sendable {
    let done: Int
    let of: Int
}
