import Checkpointing
import Foundation
import Foundations

extension RunStore {
    /// The record of a folder; nil when it has none.
    ///
    /// Unlike `record`, which takes what cannot be read for missing, so that it is made again.
    ///
    /// - Throws: `FileError`; `DamagedFile` when it has one that cannot be read.
    package static func existingRecord(in folder: URL) throws -> StageRecord? {
        let file = folder.appending(path: StageRecord.fileName)
        guard InputFile.exists(file) else { return nil }
        return try InputFile.json(
            StageRecord.self,
            at: file,
            expected: "the record of a stage; remove its folder and run the recipe again, which "
                + "makes the stage again"
        )
    }

    /// Whether a folder has a record that cannot be read.
    package static func hasDamagedRecord(in folder: URL) -> Bool {
        record(in: folder) == nil
            && InputFile.exists(folder.appending(path: StageRecord.fileName))
    }

    /// Refuses a mark of the run that cannot be read.
    ///
    /// - Throws: `FileError`, `DamagedFile`.
    func checkMark() throws {
        let file = folder.appending(path: Self.markerName)
        guard InputFile.exists(file) else { return }
        _ = try InputFile.json(
            [String: String].self,
            at: file,
            expected: "{\"recipe\": \"NAME\"} with the name in \(folder.shownPath)/recipe.yaml"
        )
    }
}
