import Checkpointing
import Foundation

/// Every name that a run folder uses, in one list.
package enum RunFolder {
    /// The mark of a run.
    package static let marker = "run.json"
    /// The recipe after defaults and overrides.
    package static let recipe = "recipe.yaml"
    /// What happened when.
    package static let events = "events.jsonl"
    /// The table of the run.
    package static let results = "results.json"
    /// Keeps a second run out.
    package static let lock = ".lock"
    /// The report, and its summary beside it.
    package static let report = "report.html"
    /// The comparison with another run, and its summary beside it.
    package static let comparisonReport = "comparison.html"
    /// The result of the stage that trains the tokenizer.
    package static let tokenizer = "tokenizer"
    /// The result of the stage that compares all models.
    package static let comparison = "comparison"
    /// Results of other settings.
    package static let earlier = "earlier"
    /// The records of `layerswap analyze`.
    package static let analysis = "analysis"
    /// How the name of a folder begins in which a model is trained.
    package static let trainingPrefix = "training-"
    /// How the name of a folder begins that has the scores of a model.
    package static let evaluationPrefix = "evaluation-"
    /// How the table of a group of experiments begins.
    package static let resultsPrefix = "results-"

    /// The pages that `layerswap report` writes.
    static let reports: Set<String> = Set(
        [report, comparisonReport].flatMap { page in
            [page, URL(filePath: page).deletingPathExtension().lastPathComponent + ".md"]
        }
    )

    /// Files and folders of a run, whatever its stages and merges are called.
    static let fixed: Set<String> = reports.union([
        marker, recipe, events, results, lock, tokenizer, comparison, earlier, analysis,
        RunDatabase.fileName, "\(RunDatabase.fileName)-wal", "\(RunDatabase.fileName)-shm",
        "\(RunDatabase.fileName)-journal", StageRecord.fileName, Provenance.fileName,
    ])

    /// Whether a stage, merge or experiment of this name would share a file or folder with something
    /// else.
    ///
    /// Names that differ in their case alone are the same on some file systems.
    package static func isReserved(_ name: String) -> Bool {
        let name = name.lowercased()
        return fixed.contains(name)
            || [trainingPrefix, evaluationPrefix, resultsPrefix].contains { name.hasPrefix($0) }
    }

    /// What a run folder holds, as inputs of a command that reads the run and writes elsewhere.
    ///
    /// - Parameters:
    ///   - folder: The folder of the run.
    ///   - excluded: Names that the command writes itself.
    /// - Returns: Its parts, and the names that it may use later.
    package static func inputs(
        of folder: URL,
        excluding excluded: Set<String> = reports
    ) -> [OutputPlace.Input] {
        let names = (try? FileManager.default.contentsOfDirectory(atPath: folder.plainPath)) ?? []
        return fixed.union(names.filter { isPart($0, of: folder) }).subtracting(excluded).sorted()
            .map { OutputPlace.Input("\($0) of the run", folder.appending(path: $0)) }
    }

    /// Whether something in a run folder belongs to the run: folders do, and files of its names.
    private static func isPart(_ name: String, of folder: URL) -> Bool {
        var isFolder: ObjCBool = false
        let path = folder.appending(path: name).plainPath
        let isThere = FileManager.default.fileExists(atPath: path, isDirectory: &isFolder)
        return (isThere && isFolder.boolValue) || isReserved(name)
    }
}
