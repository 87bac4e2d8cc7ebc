import Checkpointing
import Evaluation
import Foundation
import Kernels

/// Writes what a run does into the database of its folder.
struct RunRecorder {
    let database: RunDatabase
    /// The number of the run.
    let run: Int64
    private let store: RunStore
    private let recipe: Recipe
    /// The cell that is worked on; a recipe without a sweep has this one.
    private let cell = ""

    /// Writes down that a run of a recipe begins.
    ///
    /// - Throws: `RunDatabaseError`.
    init(_ experiment: Experiment, recipe text: String, store: RunStore, threads: Int) throws {
        self.store = store
        recipe = experiment.recipe
        database = try RunDatabase(at: store.databaseFile)
        let facts = RunFacts(
            recipe: experiment.recipe.name,
            recipeHash: ContentHash.of(text: text).hexadecimal,
            recipeText: text,
            version: ProgramVersion.current,
            overrides: experiment.loaded.overrides,
            processor: Processor.current.name,
            threads: threads,
            toolchain: Toolchain.version
        )
        run = try database.begin(facts).id
    }

    /// Does the work of the run and writes down how it ended.
    func recording(_ work: () throws -> RunOutcome) throws -> RunOutcome {
        let outcome: RunOutcome
        do {
            outcome = try work()
        } catch {
            // What went wrong with the work is what the user has to hear of.
            try? database.finish(run: run, .failed, message: "\(error)")
            throw error
        }
        switch outcome {
        case .complete: try database.finish(run: run, .complete)
        case .stopped(let stage): try database.finish(run: run, .stopped, message: stage)
        }
        return outcome
    }

    /// Writes down a stage that is finished now.
    func finished(_ stage: Stage, since started: Timestamp) throws {
        var row = try row(of: stage)
        row.started = started
        row.finished = Timestamp()
        row.run = run
        try database.upsert(row, by: run)
        try examined(stage)
    }

    /// Writes down a stage whose result was there.
    func reused(_ stage: Stage) throws {
        try database.noteReuse(by: run, of: stage.identity, cell: cell) { try row(of: stage) }
        try examined(stage)
    }

    /// Writes down how far a stage is that stopped before its end; one without a checkpoint has
    /// nothing to tell.
    func stopped(_ stage: Stage, since started: Timestamp) throws {
        let work = store.workFolder(of: stage.name)
        guard let record = RunStore.record(in: work) else { return }
        var row = StageRow(record, kind: stage.kind, cell: cell, folder: work, status: .stopped)
        row.started = started
        row.run = run
        try database.upsert(row, by: run)
    }

    private func row(of stage: Stage) throws -> StageRow {
        let folder = store.folder(of: stage.name)
        return StageRow(try record(of: stage), kind: stage.kind, cell: cell, folder: folder)
    }

    private func record(of stage: Stage) throws -> StageRecord {
        let folder = store.folder(of: stage.name)
        guard let record = RunStore.record(in: folder) else {
            throw FolderError.incomplete(path: folder.shownPath, expected: StageRecord.fileName)
        }
        return record
    }

    /// Stores what an evaluation measured, under the identity of its stage.
    private func examined(_ stage: Stage) throws {
        guard case .evaluation(let model) = stage.work,
            try database.reuse(identity: stage.identity, in: cell, by: run) == nil
        else { return }
        let sheet = try ScoreSheet(
            model: model,
            folder: store.folder(of: stage.name),
            calculator: recipe.evaluation.calculator
        )
        let examination = ExaminationRow(
            identity: stage.identity,
            cell: cell,
            model: model,
            method: try recipe.merges[model].map { try JSONValue(encoding: $0) } ?? .object([:]),
            split: recipe.evaluation.split.rawValue,
            seconds: try record(of: stage).seconds,
            run: run,
            metrics: sheet.outcomes.compactMap { metric, _ in
                sheet.measurements[metric].map { .init(metric, $0) }
            }
        )
        let outcomes = Dictionary(sheet.outcomes) { first, _ in first }
        _ = try database.insert(examination, outcomes: outcomes)
    }
}
