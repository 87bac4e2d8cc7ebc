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
    /// The figures of the report as files of their own, where they are kept with the run.
    package static let figures = "figures"
    /// The result of the stage that trains the tokenizer.
    package static let tokenizer = "tokenizer"
    /// The result of the stage that compares all models.
    package static let comparison = "comparison"
    /// Results of other settings.
    package static let earlier = "earlier"
    /// The records of `layerswap analyze`.
    package static let analysis = "analysis"
    /// Models that were exported from Studio.
    package static let studio = "studio"
    /// What several ranks make, until it is taken over.
    package static let parts = "parts"
    /// How the name of a folder begins in which a model is trained.
    package static let trainingPrefix = "training-"
    /// How the name of a folder begins that has the scores of a model.
    package static let evaluationPrefix = "evaluation-"
    /// How the table of a group of experiments begins.
    package static let resultsPrefix = "results-"

    /// Every run, stage and evaluation, and the files that SQLite keeps beside it.
    package static let database = "runs.sqlite"
    /// The record that a stage leaves beside its result.
    package static let stageRecord = "stage.json"
    /// The folder that contains run folders unless a recipe names another.
    package static let standardParent = "Checkpoints"

    /// The pages that `layerswap report` writes.
    package static let reports: Set<String> = Set(
        [report, comparisonReport].flatMap { page in
            [page, URL(filePath: page).deletingPathExtension().lastPathComponent + ".md"]
        }
    )

    /// Files and folders of a run, whatever its stages and merges are called.
    package static let fixed: Set<String> = reports.union([
        marker, recipe, events, results, lock, tokenizer, comparison, earlier, analysis, studio,
        parts, figures, database, "\(database)-wal", "\(database)-shm", "\(database)-journal",
        stageRecord,
        Provenance.fileName,
    ])

    /// Whether a stage, merge or experiment of this name would share a file or folder with
    /// something else.
    ///
    /// Names that differ in their case alone are the same on some file systems.
    package static func isReserved(_ name: String) -> Bool {
        let name = name.lowercased()
        return fixed.contains(name)
            || [trainingPrefix, evaluationPrefix, resultsPrefix].contains { name.hasPrefix($0) }
    }
}
