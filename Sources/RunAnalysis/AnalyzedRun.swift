import Checkpointing
import Datasets
import Foundation
import Foundations
import Pipeline
import Recipes
import RunRecords
import Tokenization
import Transformer

/// A finished run, or one experiment of a sweep, opened to look into its models.
package struct AnalyzedRun {
    /// What cannot be looked into.
    package enum Failure: Error, CustomStringConvertible {
        /// There is no such model in the recipe.
        case unknownModel(name: String, known: [String])
        /// A stage is not finished.
        case unfinished(stage: String, run: String)
        /// A merge has several settings, and which is best was not measured.
        case unchosen(model: String, run: String)
        /// There is no such experiment in the sweep.
        case unknownCell(name: String, known: [String])
        /// An experiment was named of a run that is a single one.
        case noSweep(name: String, run: String)
        /// No experiment of the sweep has begun.
        case noCell(run: String)

        package var description: String {
            switch self {
            case .unknownModel(let name, let known):
                "the recipe has no model \"\(name)\""
                    + NearestName.suggestion(for: name, among: known)
                    + "; known: \(known.joined(separator: ", "))"
            case .unfinished(let stage, let run):
                "\(run): \(stage) is not finished; finish the run with 'layerswap run' and its "
                    + "recipe first. Where its scores came from an archive, make the stage with "
                    + "'layerswap train RECIPE --stage \(stage)'"
            case .unchosen(let model, let run):
                "\(run): \(model) has several settings and none was chosen yet; finish the run "
                    + "first"
            case .unknownCell(let name, let known):
                "the run has no experiment \"\(name)\""
                    + NearestName.suggestion(for: name, among: known)
                    + "; known: \(known.joined(separator: ", "))"
            case .noSweep(let name, let run):
                "\(run) has no experiment \"\(name)\": its recipe has no sweep, so that the run is "
                    + "one experiment; leave --cell out"
            case .noCell(let run):
                "\(run): no experiment of the sweep has begun; run its recipe first"
            }
        }
    }

    /// The recipe with its languages and sources.
    package let experiment: Experiment
    /// The folder of the run, or of its experiment.
    package let folder: URL
    /// The folder of the whole run, which has the database.
    package let root: URL
    /// The experiment of a sweep; empty without a sweep.
    package let cell: String
    let store: RunStore
    /// Knows the stages and their data.
    package let runner: PipelineRunner

    /// Opens a run by its folder.
    ///
    /// - Parameters:
    ///   - folder: The folder.
    ///   - cell: The experiment of a sweep; its first finished one when nil.
    ///   - threads: Threads that compute.
    /// - Throws: `Failure`, `RecipeError`, errors of language packs.
    package init(at folder: URL, cell: String? = nil, threads: Int) throws {
        root = folder
        self.cell = try Self.cell(of: folder, cell)
        self.folder = self.cell.isEmpty ? folder : folder.appending(path: self.cell)
        store = RunStore(folder: self.folder)
        let path = self.folder.path(percentEncoded: false)
        let loaded = try LoadedRecipe(
            at: self.folder.appending(path: RunFolder.recipe),
            overrides: ["output=\(path)"]
        )
        experiment = try Experiment(loaded)
        runner = try PipelineRunner(
            experiment: experiment,
            options: PipelineRunner.Options(threads: threads)
        )
    }

    private static func cell(of folder: URL, _ cell: String?) throws -> String {
        let recipe = try LoadedRecipe(at: folder.appending(path: RunFolder.recipe)).recipe
        if recipe.sweep.axes.isEmpty {
            guard let cell, !cell.isEmpty else { return "" }
            throw Failure.noSweep(name: cell, run: folder.shownPath)
        }
        let known = RunStore(folder: folder).cells
        guard !known.isEmpty else { throw Failure.noCell(run: folder.shownPath) }
        if let cell {
            guard known.contains(cell) else {
                throw Failure.unknownCell(name: cell, known: known)
            }
            return cell
        }
        let finished = known.first { name in
            let results = RunStore(folder: folder.appending(path: name)).resultsFile
            return FileManager.default.fileExists(atPath: results.path)
        }
        return finished ?? known[0]
    }

    /// The tokenizer.
    package func tokenizer() throws -> Tokenizer {
        try finished(RunFolder.tokenizer)
        return try runner.tokenizer()
    }

    /// How the models of the run are asked.
    package func form() throws -> PromptForm { try runner.form(for: tokenizer()) }

    /// How a model is made: its only setting, or the one that its evaluation chose; with the first
    /// of several experts.
    package func specification(of model: String) throws -> ModelSpecification {
        let recipe = experiment.recipe
        if recipe.replica(named: model) != nil {
            return ModelSpecification(model: model, replicate: "", source: .checkpoint(model))
        }
        guard recipe.modelNames.contains(model) else {
            throw Failure.unknownModel(name: model, known: recipe.modelNames)
        }
        let points = recipe.specifications(of: model)
        if points.count == 1, recipe.merges[model]?.isFoundLater != true,
            let first = points[0].first
        {
            return first
        }
        let evaluation = store.evaluationFolder(of: model)
        guard InputFile.exists(evaluation) else {
            throw Failure.unchosen(model: model, run: folder.shownPath)
        }
        let scores = try ModelScores(in: evaluation)
        let chosen = recipe.specifications(
            of: model,
            point: scores.point,
            found: scores.method
        )
        guard let first = chosen.first else {
            throw Failure.unchosen(model: model, run: folder.shownPath)
        }
        return first
    }

    /// The folder of a trained model by its name in the recipe: the first of several seeds.
    package func checkpoint(of model: String) throws -> URL {
        guard case .checkpoint(let stage) = try specification(of: model).source else {
            throw Failure.unknownModel(name: model, known: experiment.recipe.stages.names)
        }
        try finished(stage)
        return try store.modelFolder(of: stage)
    }

    /// Loads or merges a model.
    package func model(named name: String) throws -> TransformerModel {
        let specification = try specification(of: name)
        for stage in specification.folders { try finished(stage) }
        return try runner.cache().model(of: specification)
    }

    /// What decides a model: the identities of its stages, and the method of a merge with every
    /// digit of its coefficients.
    package func identity(of name: String) throws -> String {
        let specification = try specification(of: name)
        let stages = try specification.folders.map { "\($0) \(try identity(ofStage: $0))" }
        guard case .merge(let method, let parts) = specification.source else {
            return stages.joined(separator: ", ")
        }
        let roles = parts.sorted { $0.key < $1.key }.map { "\($0.key)=\($0.value)" }
        let written = try JSONValue(encoding: method).text()
        return (stages + [written] + roles).joined(separator: ", ")
    }

    /// The identities of several models.
    package func identities(of names: [String]) throws -> [String: String] {
        Dictionary(
            try names.map { ($0, try identity(of: $0)) },
            uniquingKeysWith: { first, _ in first }
        )
    }

    private func identity(ofStage name: String) throws -> String {
        try finished(name)
        guard let record = try RunStore.existingRecord(in: store.folder(of: name)) else {
            throw Failure.unfinished(stage: name, run: folder.shownPath)
        }
        return record.identity.hexadecimal
    }

    private func finished(_ stage: String) throws {
        guard try RunStore.existingRecord(in: store.folder(of: stage)) != nil else {
            throw Failure.unfinished(stage: stage, run: folder.shownPath)
        }
    }

    /// The models that are looked at when nobody says which: those of some names that the recipe
    /// has.
    package func models(among names: [String]) -> [String] {
        names.filter(experiment.recipe.modelNames.contains)
    }
}
