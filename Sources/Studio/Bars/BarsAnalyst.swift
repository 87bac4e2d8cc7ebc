import Analysis
import Foundation
import MergeMethods
import RunAnalysis
import RunRecords
import Synchronization

/// Finds out what stands beside each layer: how far experts have moved there, which weights carry
/// mathematics, and how alike the states of two languages are.
///
/// It works on a thread of its own, so that models are merged and asked meanwhile. What it finds in
/// a run is kept in the run's folder, as the records of `layerswap analyze` are; what it finds in
/// other checkpoints is kept as long as Studio is open.
actor BarsAnalyst {
    /// Where the models come from.
    enum Source: Sendable {
        /// A run, or one experiment of a sweep.
        case run(folder: URL, cell: String)
        /// Checkpoint folders by their part.
        case checkpoints([String: URL])
    }

    private nonisolated let executor = WorkshopExecutor()

    /// The thread that the work is done on.
    nonisolated var unownedExecutor: UnownedSerialExecutor { executor.asUnownedSerialExecutor() }

    private let source: Source
    private let threads: Int
    /// The changes of checkpoints that belong to no run.
    private nonisolated let change = Mutex<BarsMessage.Change?>(nil)

    /// An analyst of some models.
    ///
    /// - Parameters:
    ///   - source: Where they come from.
    ///   - threads: Threads that compute.
    init(_ source: Source, threads: Int) {
        self.source = source
        self.threads = threads
    }

    /// The findings that are on record.
    ///
    /// - Throws: `AnalysisFileError` for a record that cannot be read.
    nonisolated func findings() throws -> BarsMessage {
        guard case .run(let folder, let cell) = source else {
            return BarsMessage(change: change.withLock { $0 })
        }
        let place = cell.isEmpty ? folder : folder.appending(path: cell)
        var message = BarsMessage()
        if let file: ChangeFile = try Self.record(.change, in: place) {
            message.change = BarsMessage.Change(file.result)
        }
        if let file: RepresentationFile = try Self.record(.representations, in: place) {
            message.states = file.result.models.first.map { BarsMessage.States($0.record) }
        }
        if let file: LocalizationFile = try Self.record(.localize, in: place) {
            message.sets = file.result.models.first.flatMap { BarsMessage.Sets($0.record) }
        }
        return message
    }

    /// Measures one kind of bars.
    ///
    /// - Parameters:
    ///   - kind: What is measured.
    ///   - emit: Gets `progress` and `done`.
    /// - Throws: `StudioError`, `CancellationError`, errors of the analysis.
    func measure(_ kind: AnalysisKind, emit: @escaping EventSink) throws {
        let start = ContinuousClock.now
        func progress(_ what: String?, _ done: Int, _ all: Int) throws {
            try Task.checkCancellation()
            try emit(StreamEvent("progress", ProgressMessage(what: what, done: done, of: all)))
        }
        switch source {
        case .checkpoints(let folders): try measure(kind, folders) { try progress(nil, $0, $1) }
        case .run(let folder, let cell):
            let run = try AnalyzedRun(at: folder, cell: cell, threads: threads)
            let lock = try RunLock(folder: run.root)
            try withExtendedLifetime(lock) { try measure(kind, run, progress: progress) }
        }
        try emit(StreamEvent("done", DoneMessage(milliseconds: start.millisecondsToNow)))
    }

    private func measure(
        _ kind: AnalysisKind,
        _ folders: [String: URL],
        progress: (Int, Int) throws -> Void
    ) throws {
        guard kind == .change else { throw StudioError.homeless }
        let experts = [ModelPart.base, .language, .math].compactMap { folders[$0.name] }
        guard experts.count == 3 else { throw StudioError.homeless }
        let record = try ChangeAnalysis(findsRanks: false, threadCount: threads).run(
            base: experts[0],
            language: experts[1],
            math: experts[2],
            progress: progress
        )
        change.withLock { $0 = BarsMessage.Change(record) }
    }

    private func measure(
        _ kind: AnalysisKind,
        _ run: AnalyzedRun,
        progress: (String?, Int, Int) throws -> Void
    ) throws {
        func make<Tool: AnalysisTool>(_: Tool.Type, _ settings: Tool.Settings? = nil) throws {
            let settings = settings ?? Tool.standardSettings(for: run)
            let target = AnalysisTarget(kind, of: run, force: false)
            _ = try Tool(settings, threads: threads).run(run, to: target) { step in
                try progress(kind == .change ? nil : step.what, step.done, step.total)
            }
        }
        switch kind {
        case .change: try make(ChangeTool.self, ChangeSettings(ranks: false))
        case .representations: try make(RepresentationTool.self)
        case .localize: try make(LocalizationTool.self)
        default: throw StudioError.malformed("there are no bars of \"\(kind.rawValue)\"")
        }
    }

    private static func record<Settings, Result>(
        _ kind: AnalysisKind,
        in folder: URL
    ) throws -> AnalysisFile<Settings, Result>? {
        let file = kind.file(in: folder)
        guard FileManager.default.fileExists(atPath: file.path) else { return nil }
        return try AnalysisFile(at: file)
    }
}
