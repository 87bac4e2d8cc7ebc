import Checkpointing
import Datasets
import Foundation
import Foundations
import Recipes

extension RunStore {
    /// Checks that the run of a recipe can be in its folder; nothing is written.
    ///
    /// Everything that a run does with the names of its folder (`RunFolder`) is harmless there: the
    /// folder is new, empty or the run's own, it is no part of another run, and nothing that is
    /// read lies under one of these names.
    ///
    /// - Throws: `Failure`, `OutputError`, `FolderError`, `FileError`.
    package static func check(_ loaded: LoadedRecipe) throws {
        let store = RunStore(folder: loaded.output)
        let remedy = "choose another folder with --set output=FOLDER"
        try OutputPlace.checkStandard(store.folder, remedy: remedy)
        let isOwn = try store.belongs(to: loaded.recipe.name)
        if !isOwn { try store.checkSurroundings() }
        try OutputPlace.checkWritable(inside: store.folder)
        try store.checkInputs(of: loaded)
    }

    /// Whatever lies inside of a run is taken for a part of it.
    private func checkSurroundings() throws {
        for above in OutputPlace.folders(above: folder) {
            let store = RunStore(folder: above)
            // A file of that name alone proves nothing.
            let isDatabase = FileManager.default.fileExists(atPath: store.databaseFile.plainPath)
            guard store.recipeName == nil, !isDatabase else {
                throw Failure.inside(folder: folder.shownPath, run: above.shownPath)
            }
        }
    }

    private func checkInputs(of loaded: LoadedRecipe) throws {
        let own = Set(loaded.recipe.folderNames)
        for input in loaded.inputs {
            guard let name = OutputPlace.name(of: input.url, below: folder),
                RunFolder.isReserved(name) || own.contains(name)
            else { continue }
            // The recipe of the run itself, unchanged, is written as it is.
            if name == RunFolder.recipe,
                (try? Data(contentsOf: input.url)) == Data(try loaded.recipe.yaml().utf8)
            {
                continue
            }
            throw Failure.holds(
                folder: folder.shownPath,
                what: input.name,
                path: input.url.shownPath
            )
        }
    }
}

extension LoadedRecipe {
    /// Every file that a run of the recipe reads.
    package var inputs: [OutputPlace.Input] {
        let packs = YAMLFiles.below(PackageRoot.languages(in: root))
        let data = dataFolder.map { folder in
            recipe.files.map {
                OutputPlace.Input("the data file \($0)", folder.appending(path: $0))
            }
        }
        let models = recipe.stages.names.compactMap { name in
            checkpoint(of: name).map { OutputPlace.Input("the checkpoint of \(name)", $0) }
        }
        return [OutputPlace.Input("the recipe", url)] + (data ?? []) + models
            + packs.map { OutputPlace.Input("a language pack", $0) }
    }
}

extension Recipe {
    /// The names of the folders that its stages and experiments have in the folder of the run.
    var folderNames: [String] {
        stages.names.flatMap(replicas) + merges.names
            + (sweep.axes.isEmpty ? [] : sweep.cells.map(\.label))
    }
}
