import Checkpointing
import Foundation
import Foundations

/// A run folder in one line of a listing.
package struct RunSummary: Encodable, Hashable, Sendable {
    /// How far it is.
    package enum State: String, Encodable, Sendable {
        /// The last run of it did everything that was asked for.
        case complete
        /// The last run was asked to stop.
        case stopped
        /// The last run ended with an error.
        case failed
        /// A process works on it.
        case running
        /// The process of the last run was killed.
        case interrupted
        /// It was made before there were databases, and has no table of results.
        case incomplete
        /// Its database cannot be read.
        case unreadable
    }

    /// The folder, from the working folder when it lies below it.
    package var folder: String
    /// The name of the recipe; nil when it is not recorded.
    package var recipe: String?
    /// Cells that anything was done of.
    package var cells: Int
    /// Stages of all cells.
    package var stages: Int
    /// Evaluations of all cells; nil when there is no database.
    package var evaluations: Int?
    /// When its first run began; nil when it is not recorded.
    package var started: Timestamp?
    /// What its stages and evaluations took in all, in seconds.
    package var seconds: Double
    /// How far it is.
    package var state: State
    /// The stage that the last run stopped in, its error, or why the database cannot be read.
    package var message: String?

    /// Looks at a run folder; one without a database is read from the records of its stages.
    package init(of folder: URL) {
        let store = RunStore(folder: folder)
        self.init(
            folder: folder.shownPath,
            recipe: store.recipeName,
            cells: 0,
            stages: 0,
            seconds: 0,
            state: .incomplete
        )
        let path = store.databaseFile.path(percentEncoded: false)
        do {
            try store.checkMark()
            if FileManager.default.fileExists(atPath: path) {
                try fill(from: RunDatabase(reading: store.databaseFile), of: folder)
            } else {
                try fill(fromRecordsOf: store)
            }
        } catch {
            // What the records say is shown; when they are damaged themselves, nothing is.
            try? fill(fromRecordsOf: store)
            state = .unreadable
            message = ErrorText.text(of: error)
        }
    }

    private init(
        folder: String,
        recipe: String?,
        cells: Int,
        stages: Int,
        seconds: Double,
        state: State
    ) {
        self.folder = folder
        self.recipe = recipe
        self.cells = cells
        self.stages = stages
        self.seconds = seconds
        self.state = state
    }

    private mutating func fill(from database: RunDatabase, of folder: URL) throws {
        let counts = try database.counts()
        cells = counts.cells
        stages = counts.stages
        evaluations = counts.evaluations
        seconds = counts.seconds
        let runs = try database.runs()
        started = runs.first?.started
        guard let last = runs.last else {
            state = Self.begun(folder)
            return
        }
        recipe = last.facts.recipe
        message = last.message
        state =
            switch last.outcome {
            case .complete: .complete
            case .stopped: .stopped
            case .failed: .failed
            case nil: RunLock.isHeld(folder: folder) ? .running : .interrupted
            }
    }

    private mutating func fill(fromRecordsOf store: RunStore) throws {
        let rows = try store.stagesFromRecords().filter { $0.status == .finished }
        cells = rows.isEmpty ? 0 : 1
        stages = rows.count
        seconds = rows.reduce(0) { $0 + $1.seconds }
        let marker = store.folder.appending(path: RunStore.markerName).path(percentEncoded: false)
        let attributes = try? FileManager.default.attributesOfItem(atPath: marker)
        // The mark is written once, when the first run begins.
        started = (attributes?[.modificationDate] as? Date).map { Timestamp($0) }
        let results = store.resultsFile.path(percentEncoded: false)
        let isComplete = FileManager.default.fileExists(atPath: results)
        state = isComplete ? .complete : Self.begun(store.folder)
    }

    /// The state of a folder of which nothing is recorded: a run has the lock before it has a
    /// database, and a database before it has a row.
    private static func begun(_ folder: URL) -> State {
        RunLock.isHeld(folder: folder) ? .running : .incomplete
    }
}

extension RunStore {
    /// The stages of a folder as the records beside their results tell of them.
    ///
    /// Stages stand by what they do: tokenizer, training, merges, evaluations, comparison.
    ///
    /// - Throws: `FileError`, `DamagedFile`.
    package func stagesFromRecords() throws -> [StageRow] {
        let names = try Folder.names(in: folder).sorted()
        var rows: [StageRow] = []
        for name in names {
            let result = folder.appending(path: name)
            guard let record = try Self.existingRecord(in: result) else { continue }
            let kind = StageRow.Kind(ofStage: record.stage)
            if record.stage == name {
                rows.append(try StageRow(record, kind: kind, folder: result))
            } else if try Self.existingRecord(in: self.folder(of: record.stage))?.identity
                != record.identity
            {
                // The work on a training that is not finished.
                rows.append(try StageRow(record, kind: kind, folder: result, status: .stopped))
            }
        }
        let order: [StageRow.Kind] = [.tokenizer, .training, .merge, .evaluation, .comparison]
        return order.flatMap { kind in
            rows.filter { $0.kind == kind }.sorted {
                ($0.inputs.count, $0.name) < ($1.inputs.count, $1.name)
            }
        }
    }
}
