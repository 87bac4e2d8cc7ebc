import Checkpointing
import Foundation
import Foundations
import Recipes

/// What was measured in a run, without its models: what `--reuse` needs to make the tables again.
///
/// Models of many seeds fill a disk, and the machine that trained them may be a borrowed one. Their
/// scores, problem by problem, are small. An archive is a run folder with the scores of finished
/// evaluations and nothing else, so that several of them, of seeds that were run on different days
/// or machines, become one table. A run that takes scores over leaves out the training of the
/// models that they were measured of.
package struct RunArchive: Sendable {
    /// Why there is nothing to keep.
    package enum Failure: Error, CustomStringConvertible, Sendable {
        /// No evaluation is finished.
        case nothing(run: String)

        package var description: String {
            switch self {
            case .nothing(let run):
                "\(run): no evaluation of this run is finished, so that there are no scores to "
                    + "keep; run its recipe first"
            }
        }
    }

    /// The scores of a model.
    private struct Evaluation: Sendable {
        var folder: URL
        var record: StageRecord
    }

    /// An experiment, or the whole of a run without a sweep.
    private struct Part: Sendable {
        /// The name of its folder; "" for the whole run.
        var name: String
        var folder: URL
        var recipe: String
        var evaluations: [Evaluation]
    }

    private let recipe: String
    private let parts: [Part]

    /// The number of experiments.
    package var experimentCount: Int { parts.count }

    /// The number of rows of tables, over all experiments.
    package var evaluationCount: Int { parts.map(\.evaluations.count).reduce(0, +) }

    /// Collects the finished evaluations of a run.
    ///
    /// - Throws: `Failure`; `DamagedFile` and `FileError` for records that cannot be read.
    package init(of run: URL) throws {
        let store = RunStore(folder: run)
        let cells = store.cells
        let names = cells.isEmpty ? [""] : cells
        parts = try names.map { name in
            let folder = name.isEmpty ? run : run.appending(path: name)
            return Part(
                name: name,
                folder: folder,
                recipe: RunStore(folder: folder).recipeName ?? "",
                evaluations: try Self.evaluations(in: folder)
            )
        }.filter { !$0.evaluations.isEmpty }
        recipe = store.recipeName ?? parts.first?.recipe ?? ""
        guard !parts.isEmpty else { throw Failure.nothing(run: run.shownPath) }
    }

    private static func evaluations(in folder: URL) throws -> [Evaluation] {
        let names = (try? FileManager.default.contentsOfDirectory(atPath: folder.plainPath)) ?? []
        return try names.sorted().compactMap { name in
            let place = folder.appending(path: name)
            guard name.hasPrefix(RunFolder.evaluationPrefix),
                let record = try RunStore.existingRecord(in: place),
                record.outputs[ModelScores.fileName] != nil
            else { return nil }
            return Evaluation(folder: place, record: record)
        }
    }

    /// Where an archive of a run may be written; what is there is never replaced.
    ///
    /// - Parameters:
    ///   - folder: The folder.
    ///   - run: The folder of the run.
    /// - Returns: The place, which can be checked before the run is read.
    package static func place(_ folder: URL, of run: URL) -> OutputPlace {
        OutputPlace(
            folder,
            kind: .folder,
            inputs: [.init("the run", run)],
            remedy: "name another folder with --output"
        )
    }

    /// Writes the archive, complete or not at all.
    ///
    /// - Throws: `OutputError`, `FolderError`, `FileError`; `RecipeError` when the recipe of an
    ///   experiment cannot be read; `DamagedFile` when scores are not those that their stage has
    ///   recorded.
    package func write(to place: OutputPlace) throws {
        try place.createFolder { target in
            try RunStore(folder: target).open(recipe: recipe)
            for part in parts {
                let folder = part.name.isEmpty ? target : target.appending(path: part.name)
                if !part.name.isEmpty {
                    try Folder.make(at: folder)
                    try RunStore(folder: folder).open(recipe: part.recipe)
                }
                try writeRecipe(of: part, in: folder)
                for evaluation in part.evaluations { try Self.write(evaluation, in: folder) }
            }
        }
    }

    /// Writes the recipe of a part with the folder that it has by default: where the run was on the
    /// machine that did it is of no use elsewhere, and nobody's business.
    private func writeRecipe(of part: Part, in folder: URL) throws {
        let source = part.folder.appending(path: RunFolder.recipe)
        var recipe = try LoadedRecipe(at: source).recipe
        let names = [RunFolder.standardParent, self.recipe, part.name]
        recipe.output = names.filter { !$0.isEmpty }.joined(separator: "/")
        let text = try recipe.yaml()
        try AtomicFile.write(Data(text.utf8), to: folder.appending(path: RunFolder.recipe))
    }

    private static func write(_ evaluation: Evaluation, in folder: URL) throws {
        let target = folder.appending(path: evaluation.folder.lastPathComponent)
        try Folder.make(at: target)
        let data = try InputFile.data(at: evaluation.folder.appending(path: ModelScores.fileName))
        let hash = ContentHash.of(data)
        guard hash == evaluation.record.outputs[ModelScores.fileName] else {
            throw DamagedFile(
                path: evaluation.folder.appending(path: ModelScores.fileName).shownPath,
                reason: "it is not what its stage has recorded",
                expected: "the scores of an evaluation; remove its folder and run the recipe again"
            )
        }
        try AtomicFile.write(data, to: target.appending(path: ModelScores.fileName))
        var record = evaluation.record
        record.outputs = [ModelScores.fileName: hash]
        record.isArchived = true
        try RunStore.write(record, in: target)
    }
}
