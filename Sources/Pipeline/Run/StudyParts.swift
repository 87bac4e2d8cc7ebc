import Checkpointing
import Foundation
import Recipes
import RunRecords

/// The folders in which ranks make the units of a study, beside its experiments: one a unit, so
/// that no two ranks write into one folder, and any rank can go on with what another has begun.
package struct StudyParts {
    /// The folder of all.
    package let folder: URL

    /// The parts of a run.
    package init(ofRun output: URL) { folder = output.appending(path: RunFolder.parts) }

    /// The folder of a stage of an experiment.
    package func folder(of stage: String, in label: String) -> URL {
        folder.appending(path: label.isEmpty ? "run" : label).appending(path: stage)
    }

    /// Every folder in which a unit was begun.
    package var all: [(label: String, stage: String, folder: URL)] {
        Self.names(in: folder).flatMap { label in
            let place = folder.appending(path: label)
            return Self.names(in: place).map { stage in
                (label == "run" ? "" : label, stage, place.appending(path: stage))
            }
        }
    }

    /// Moves what was begun in an experiment's own folder into the folder of the unit.
    ///
    /// - Throws: `FileError`.
    package func take(_ stage: Stage, in label: String, from store: RunStore) throws {
        let part = RunStore(folder: folder(of: stage.name, in: label))
        let target = part.workFolder(of: stage.name)
        guard !InputFile.exists(target) else { return }
        try Folder.make(at: part.folder)
        _ = try FileMove.move(store.workFolder(of: stage.name), to: target)
    }

    /// Moves what was begun in the folders of units into those of the experiments, so that one
    /// process goes on with it.
    ///
    /// - Parameters:
    ///   - cells: The folders of the experiments by their labels.
    ///   - recipe: The name of the recipe.
    /// - Throws: `RunStore.Failure`, `FileError`.
    package func giveBack(to cells: [String: URL], of recipe: String) throws {
        for (label, stage, folder) in all {
            guard let cell = cells[label] else { continue }
            let work = RunStore(folder: folder).workFolder(of: stage)
            let store = RunStore(folder: cell)
            let target = store.workFolder(of: stage)
            guard InputFile.exists(work), !InputFile.exists(target) else { continue }
            try Folder.make(at: cell)
            try store.open(recipe: recipe)
            _ = try FileMove.move(work, to: target)
        }
    }

    /// Adds what happened to the events of each experiment, and removes all folders.
    ///
    /// - Throws: Errors of reading and writing.
    package func remove(cells: [String: URL]) throws {
        for (label, _, folder) in all {
            guard let cell = cells[label] else { continue }
            let events = folder.appending(path: RunFolder.events)
            guard InputFile.exists(events), InputFile.exists(cell) else { continue }
            let log = cell.appending(path: RunFolder.events)
            let earlier = InputFile.exists(log) ? try InputFile.data(at: log) : Data()
            try AtomicFile.write(earlier + InputFile.data(at: events), to: log)
        }
        guard InputFile.exists(folder) else { return }
        try FileManager.default.removeItem(at: folder)
    }

    private static func names(in folder: URL) -> [String] {
        ((try? FileManager.default.contentsOfDirectory(atPath: folder.path)) ?? []).sorted()
    }
}
