import Checkpointing
import Foundation
import Foundations
import MergeMethods
import Merging
import Recipes
import RunRecords

extension Experiment {
    /// The models that exist, by the stages that they stand for.
    ///
    /// - Parameter store: The run, whose records save the hashing of files that have not changed.
    /// - Returns: The references by the names of stages.
    /// - Throws: `ExperimentError` for a folder that is not there, or one that does not fit the
    ///   base; `FileError`, `FolderError`.
    package func checkpoints(knownIn store: RunStore? = nil) throws
        -> [String: CheckpointReference]
    {
        var references: [String: CheckpointReference] = [:]
        for name in recipe.stages.names {
            guard let folder = loaded.checkpoint(of: name) else { continue }
            guard FileManager.default.fileExists(atPath: folder.plainPath) else {
                throw ExperimentError.missingCheckpoint(stage: name, folder: folder.shownPath)
            }
            let known = try? store.flatMap {
                try CheckpointReference.existing(in: $0.folder(of: name))
            }
            references[name] = try CheckpointReference(of: folder, known: known)
        }
        try requireFitting(references)
        return references
    }

    /// Refuses experts of another shape or tokenizer than the base.
    private func requireFitting(_ references: [String: CheckpointReference]) throws {
        guard let base = references[ModelPart.base.name] else { return }
        let first = MergeInput(name: ModelPart.base.name, folder: URL(filePath: base.folder))
        // Weights that are missing, or not those of config.json.
        _ = try MergeInput.requireFitting([first])
        for name in recipe.stages.names where name != ModelPart.base.name {
            guard let other = references[name], other.folder != base.folder else { continue }
            do {
                _ = try MergeInput.requireFitting([
                    first, MergeInput(name: name, folder: URL(filePath: other.folder)),
                ])
            } catch {
                throw ExperimentError.unfitting(
                    stage: name,
                    folder: URL(filePath: other.folder).shownPath,
                    base: URL(filePath: base.folder).shownPath,
                    reason: "\(error)"
                )
            }
        }
    }
}
