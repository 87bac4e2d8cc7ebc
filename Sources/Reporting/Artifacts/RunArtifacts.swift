import Evaluation
import Foundation
import Pipeline

/// Everything that a run has left on disk and that its report shows.
package struct RunArtifacts {
    /// One experiment: the run itself, or one of a sweep.
    struct Experiment {
        /// Its name; empty for a run without a sweep.
        var name: String
        var folder: URL
        /// The losses of its training stages.
        var curves: [TrainingCurve]
        var change: ChangeTool.File?
        var localization: LocalizationTool.File?
        var interventions: InterventionTool.File?
        var representations: RepresentationTool.File?
        /// Problems that the compared model alone has solved.
        var examples: AnswerExamples?

        var hasAnalysis: Bool {
            change != nil || localization != nil || interventions != nil || representations != nil
        }
    }

    /// The table of experiments that differ in their seed alone.
    struct Group {
        /// What they have in common; empty when there is one group.
        var name: String
        var table: ComparisonTable
    }

    /// The folder.
    package let folder: URL
    let overview: RunOverview
    let recipe: Recipe
    let recipeText: String
    let groups: [Group]
    let experiments: [Experiment]

    /// Reads a run folder.
    ///
    /// - Throws: `ReportError.noResults` when the run has no table yet; `RecipeError`,
    ///   `RunDatabaseError`.
    package init(of folder: URL) throws {
        self.folder = folder
        let file = folder.appending(path: "recipe.yaml")
        recipe = try LoadedRecipe(at: file).recipe
        recipeText = try String(contentsOf: file, encoding: .utf8)
        overview = try RunOverview(of: folder)
        groups = try Self.groups(of: folder)
        guard !groups.isEmpty else { throw ReportError.noResults(folder: folder.shownPath) }
        let recipe = recipe
        let names = RunStore(folder: folder).cells
        experiments =
            recipe.sweep.axes.isEmpty
            ? [Self.experiment("", in: folder, recipe)]
            : names.map { Self.experiment($0, in: folder.appending(path: $0), recipe) }
    }

    private static func groups(of folder: URL) throws -> [Group] {
        let names = try FileManager.default.contentsOfDirectory(atPath: folder.path)
        let files = names.filter { $0.hasPrefix("results") && $0.hasSuffix(".json") }.sorted()
        return try files.map { name in
            let url = folder.appending(path: name)
            let data = try Data(contentsOf: url)
            do {
                return Group(
                    name: String(name.dropFirst("results-".count).dropLast(".json".count)),
                    table: try JSONDecoder().decode(ComparisonTable.self, from: data)
                )
            } catch {
                throw ReportError.unreadable(path: url.shownPath, reason: "\(error)")
            }
        }
    }

    private static func experiment(_ name: String, in folder: URL, _ recipe: Recipe) -> Experiment {
        func record<Settings, Result>(_ kind: AnalysisKind) -> AnalysisFile<Settings, Result>? {
            try? AnalysisFile(at: AnalysisTarget.url(of: kind, in: folder))
        }
        let stages = recipe.stages.names.flatMap(recipe.replicas)
        let experts = ["math", "language"].filter(recipe.stages.names.contains)
        return Experiment(
            name: name,
            folder: folder,
            curves: stages.compactMap { stage in
                let place = folder.appending(path: stage).appending(path: "metrics.jsonl")
                return TrainingCurve(stage: stage, at: place)
            },
            change: record(.change),
            localization: record(.localize),
            interventions: record(.intervene),
            representations: record(.representations),
            examples: recipe.comparedModels.first.flatMap { model in
                AnswerExamples(in: folder, model: model, others: experts)
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
    /// A file is there that nobody asked to replace.
    case exists(path: String)

    package var description: String {
        switch self {
        case .noResults(let folder):
            "\(folder) has no results.json; finish the run with 'layerswap run' and its recipe first"
        case .unreadable(let path, let reason): "\(path) is not what a run writes: \(reason)"
        case .exists(let path):
            "\(path) exists and is no report; nothing was changed. Name another file with --output"
        }
    }
}
