import Checkpointing
import Evaluation
import Foundation
import Foundations
import MergeMethods
import Recipes
import RunRecords

/// Everything that a run has left on disk and that its report shows.
package struct RunArtifacts {
    /// One experiment: the run itself, or one of a sweep.
    struct Experiment {
        /// Its name; empty for a run without a sweep.
        var name: String
        var folder: URL
        /// Its recipe; nil for one of a sweep whose own cannot be read.
        var recipe: Recipe?
        /// The losses of its training stages.
        var curves: [TrainingCurve]
        var change: ChangeFile?
        var localization: LocalizationFile?
        var interventions: InterventionFile?
        var line: ExpertLineFile?
        var representations: RepresentationFile?
        /// What the sources of its training stages gave; of runs of older versions nothing is
        /// known.
        var data: [SourceMeasure]
        /// Problems that the compared model alone has solved, and that it has not.
        var examples: AnswerExamples?

        var hasAnalysis: Bool {
            change != nil || localization != nil || interventions != nil || line != nil
                || representations != nil
        }
    }

    /// The table of experiments that differ in their seed alone.
    struct Group {
        /// What they have in common.
        var sweep: SweepSettings.Group
        var table: ComparisonTable

        /// The name; empty when there is one group.
        var name: String { sweep.label }
    }

    /// The folder.
    package let folder: URL
    let overview: RunOverview
    let recipe: Recipe
    let recipeText: String
    /// The tables of the sweep in its order, then others that lie in the folder.
    let groups: [Group]
    let experiments: [Experiment]

    /// Reads a run folder.
    ///
    /// - Throws: `ReportError.noResults` when the run has no table yet; `RecipeError`,
    ///   `RunDatabaseError`, `AnalysisFileError`, `DamagedFile`, `EvaluationError` for files that
    ///   cannot be read.
    package init(of folder: URL) throws {
        self.folder = folder
        let file = folder.appending(path: RunFolder.recipe)
        recipe = try LoadedRecipe(at: file).recipe
        recipeText = try InputFile.text(at: file)
        overview = try RunOverview(of: folder)
        groups = try Self.groups(of: folder, recipe.sweep)
        guard !groups.isEmpty else { throw ReportError.noResults(folder: folder.shownPath) }
        let recipe = recipe
        let names = RunStore(folder: folder).cells
        experiments =
            recipe.sweep.axes.isEmpty
            ? [try Self.experiment("", in: folder, recipe)]
            : try names.map { try Self.experiment($0, in: folder.appending(path: $0), recipe) }
    }

    /// The tables in a folder: those of the sweep in its order, then others that lie there.
    private static func groups(of folder: URL, _ sweep: SweepSettings) throws -> [Group] {
        let names = try Folder.names(in: folder)
        let files = names.filter { $0.hasPrefix("results") && $0.hasSuffix(".json") }.sorted()
        let labels = files.map { String($0.dropFirst("results-".count).dropLast(".json".count)) }
        let known = sweep.groups.filter { labels.contains($0.label) }
        let others = labels.filter { label in !known.contains { $0.label == label } }
        // Left by a sweep over other values: shown, and not laid beside those of this one.
        let groups = known + others.map { .init(label: $0, setting: "", value: $0) }
        return try groups.map { group in
            let url = RunStore(folder: folder).resultsFile(of: group.label)
            let data = try InputFile.data(at: url)
            do {
                return Group(
                    sweep: group,
                    table: try JSONDecoder().decode(ComparisonTable.self, from: data)
                )
            } catch {
                throw ReportError.unreadable(
                    path: url.shownPath,
                    reason: ErrorText.text(of: error)
                )
            }
        }
    }

    /// The tables of the sweep beside each other.
    var grouped: GroupedTables {
        let swept = groups.filter { !$0.sweep.setting.isEmpty }
        return GroupedTables(
            setting: swept.first?.sweep.setting ?? "",
            groups: swept.map { .init(value: $0.sweep.value, table: $0.table) }
        )
    }

    /// What an experiment has left; a record that is there and cannot be read is an error, since
    /// its absence would say that the analysis was not made.
    private static func experiment(
        _ name: String,
        in folder: URL,
        _ recipe: Recipe
    ) throws -> Experiment {
        func record<Settings, Result>(
            _ kind: AnalysisKind
        ) throws -> AnalysisFile<Settings, Result>? {
            let url = kind.file(in: folder)
            return InputFile.exists(url) ? try AnalysisFile(at: url) : nil
        }
        let stages = recipe.stages.names.flatMap(recipe.replicas)
        let experts = [ModelPart.math.name, ModelPart.language.name].filter(
            recipe.stages.names.contains
        )
        return try Experiment(
            name: name,
            folder: folder,
            recipe: name.isEmpty
                ? recipe
                : try? LoadedRecipe(at: folder.appending(path: RunFolder.recipe)).recipe,
            curves: try stages.compactMap { stage in
                let place = folder.appending(path: stage).appending(path: "metrics.jsonl")
                return try TrainingCurve(stage: stage, at: place)
            },
            change: record(.change),
            localization: record(.localize),
            interventions: record(.intervene),
            line: record(.line),
            representations: record(.representations),
            data: stages.flatMap { RunStore.record(in: folder.appending(path: $0))?.data ?? [] },
            examples: try recipe.comparedModels.first.flatMap { model in
                try AnswerExamples(in: folder, model: model, others: experts)
            }
        )
    }
}

/// Why there is no report.
package enum ReportError: Error, CustomStringConvertible {
    /// The run has no table yet.
    case noResults(folder: String)
    /// A file cannot be read.
    case unreadable(path: String, reason: String)
    /// The page would have the name of its summary.
    case ending(path: String)

    package var description: String {
        switch self {
        case .noResults(let folder):
            "\(folder) has no results.json; finish the run with 'layerswap run' and its recipe first"
        case .unreadable(let path, let reason):
            "\(path) is not what a run writes: \(reason); remove it and run the recipe again"
        case .ending(let path):
            "\(path) is the name of the summary, which lies beside the page; name the page with the "
                + "ending .html"
        }
    }
}
