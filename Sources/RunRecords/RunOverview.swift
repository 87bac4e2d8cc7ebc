import Datasets
import Foundation
import Recipes

/// Everything that a run folder records.
package struct RunOverview: Encodable, Sendable {
    /// The folder in one line.
    package let summary: RunSummary
    /// Its runs, the oldest first; none when there is no database.
    package let runs: [RunRow]
    /// Its stages.
    package private(set) var stages: [StageRow]
    /// Its evaluations.
    package private(set) var evaluations: [EvaluationRow]
    /// Merges that were named in Studio.
    package private(set) var variants: [VariantRow]
    /// Whether it comes from its database; otherwise from the records of its stages alone.
    package let hasDatabase: Bool

    /// Reads a run folder.
    ///
    /// - Parameters:
    ///   - folder: The folder.
    ///   - earlier: Whether stages and evaluations are included whose settings have changed since.
    /// - Throws: `RunDatabaseError` when there is a database that cannot be read, `DamagedFile`
    ///   when a record cannot.
    package init(of folder: URL, earlier: Bool = false) throws {
        let store = RunStore(folder: folder)
        summary = RunSummary(of: folder)
        let path = store.databaseFile.path(percentEncoded: false)
        hasDatabase = FileManager.default.fileExists(atPath: path)
        if hasDatabase {
            let database = try RunDatabase(reading: store.databaseFile)
            runs = try database.runs()
            stages = try database.stages(earlier: earlier)
            evaluations = try database.evaluations(EvaluationFilter(earlier: earlier))
            variants = try database.variants()
        } else {
            runs = []
            stages = try store.stagesFromRecords()
            evaluations = []
            variants = []
        }
    }

    /// Leaves one cell, one stage, or one stage of one cell.
    ///
    /// With a stage, only the evaluations remain that belong to it: those of the model that it
    /// evaluates.
    ///
    /// - Throws: `DatasetError.unknownName` when there is no such cell or stage.
    package mutating func narrow(cell: String?, stage: String?) throws {
        if let cell {
            let known = Set(stages.map(\.cell) + evaluations.map(\.cell)).sorted()
            try Self.check(cell, kind: "cell", known)
            stages.removeAll { $0.cell != cell }
            evaluations.removeAll { $0.cell != cell }
            variants.removeAll { $0.cell != cell }
        }
        if let stage {
            try Self.check(stage, kind: "stage", stages.map(\.name))
            stages.removeAll { $0.name != stage }
            evaluations.removeAll { RunFolder.evaluationPrefix + $0.model != stage }
            variants = []
        }
    }

    private static func check(_ name: String, kind: String, _ known: [String]) throws {
        guard !known.contains(name) else { return }
        var seen: Set<String> = []
        let names = known.filter { seen.insert($0).inserted }
        throw DatasetError.unknownName(kind: kind, found: name, known: names)
    }
}
