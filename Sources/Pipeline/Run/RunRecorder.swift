import Checkpointing
import Foundation
import Foundations
import Kernels
import Recipes
import RunRecords

/// An invocation of the program as its database knows it.
package struct RunSession: Sendable {
    let database: RunDatabase
    /// The number of the run.
    let run: Int64

    /// Writes down that a run of a recipe begins.
    ///
    /// - Throws: `RunDatabaseError`.
    init(_ loaded: LoadedRecipe, in store: RunStore, threads: Int) throws {
        let text = try loaded.recipe.yaml()
        database = try RunDatabase(at: store.databaseFile)
        let facts = RunFacts(
            recipe: loaded.recipe.name,
            recipeHash: ContentHash.of(text: text).hexadecimal,
            recipeText: text,
            version: ProgramVersion.current,
            overrides: loaded.overrides,
            processor: Processor.current.name,
            threads: threads,
            toolchain: Toolchain.version
        )
        run = try database.begin(facts).id
    }

    /// Does the work of the run and writes down how it ended.
    ///
    /// - Parameters:
    ///   - stoppedIn: The stage that the outcome stopped in, or nil when it is complete.
    ///   - work: The work.
    /// - Returns: What the work gave.
    /// - Throws: What the work throws, and `RunDatabaseError`.
    func recording<Outcome>(
        stoppedIn: (Outcome) -> String?,
        _ work: () throws -> Outcome
    ) throws -> Outcome {
        let outcome: Outcome
        do {
            outcome = try work()
        } catch {
            // What went wrong with the work is what the user has to hear of.
            try? database.finish(run: run, .failed, message: ErrorText.text(of: error))
            throw error
        }
        if let stage = stoppedIn(outcome) {
            try database.finish(run: run, .stopped, message: stage)
        } else {
            try database.finish(run: run, .complete)
        }
        return outcome
    }
}

/// Writes what one experiment of a run does into the database.
struct RunRecorder {
    let database: RunDatabase
    /// The number of the run.
    let run: Int64
    /// The experiment; "" in a recipe without a sweep.
    let cell: String
    private let store: RunStore

    init(_ session: RunSession, cell: String, store: RunStore) {
        database = session.database
        run = session.run
        self.cell = cell
        self.store = store
    }

    /// Writes down a stage that is finished now.
    func finished(_ stage: Stage, since started: Timestamp) throws {
        var row = try row(of: stage)
        row.started = started
        row.finished = Timestamp()
        row.run = run
        try database.upsert(row, by: run)
    }

    /// Writes down a stage whose result was there.
    func reused(_ stage: Stage) throws {
        try database.noteReuse(by: run, of: stage.identity, cell: cell) { try row(of: stage) }
    }

    /// Writes down how far a stage is that stopped before its end; one without a checkpoint has
    /// nothing to tell.
    func stopped(_ stage: Stage, since started: Timestamp) throws {
        let work = store.workFolder(of: stage.name)
        guard let record = RunStore.record(in: work) else { return }
        var row = try StageRow(
            record,
            kind: stage.kind,
            cell: cell,
            folder: work,
            status: .stopped
        )
        row.started = started
        row.run = run
        try database.upsert(row, by: run)
    }

    private func row(of stage: Stage) throws -> StageRow {
        let folder = store.folder(of: stage.name)
        return try StageRow(record(of: stage), kind: stage.kind, cell: cell, folder: folder)
    }

    private func record(of stage: Stage) throws -> StageRecord {
        let folder = store.folder(of: stage.name)
        guard let record = try RunStore.existingRecord(in: folder) else {
            throw FolderError.incomplete(path: folder.shownPath, expected: StageRecord.fileName)
        }
        return record
    }
}
