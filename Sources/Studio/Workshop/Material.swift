import Datasets
import Evaluation
import Foundation
import Foundations
import Kernels
import MergeFiles
import MergeMethods
import Merging
import Pipeline
import Recipes
import RunAnalysis
import RunRecords
import Tokenization
import Transformer

/// What a workshop works with: models from a run or from anywhere, and what they can be asked.
struct Material {
    /// What the page calls it.
    let title: String
    /// What merges are planned with.
    let shape: WorkshopShape
    /// The folders of the models, by their names in the shape.
    let folders: [String: URL]
    /// The problems; nil where nobody has said any.
    let experiment: Experiment?
    /// The tokenizer and the form in which models are asked.
    let tokenizer: Tokenizer
    let form: PromptForm
    /// The models, opened when they are needed.
    let models: ModelCache
    /// The run that they come from, which keeps variants and analyses; nil for models from
    /// elsewhere.
    let run: AnalyzedRun?
    /// Why no model can be asked; nil where all can.
    let silence: String?

    /// Where the models come from, for those who look into them.
    var source: BarsAnalyst.Source {
        run.map { .run(folder: $0.root, cell: $0.cell) } ?? .checkpoints(folders)
    }

    /// The models of a run.
    ///
    /// - Throws: `AnalyzedRun.Failure`, errors of recipes, checkpoints and tokenizers.
    init(run: AnalyzedRun) throws {
        let recipe = run.experiment.recipe
        let trained = recipe.stages.names
        let names = Dictionary(
            uniqueKeysWithValues: trained.map { ($0, recipe.replicas(of: $0).first ?? $0) }
        )
        let store = RunStore(folder: run.folder)
        _ = try run.checkpoint(of: ModelPart.base.name)
        folders = try Dictionary(
            uniqueKeysWithValues: names.values.map { ($0, try store.modelFolder(of: $0)) }
        )
        let base = try run.model(named: ModelPart.base.name)
        shape = WorkshopShape(
            architecture: CheckpointArchitecture(base.configuration),
            trained: trained,
            folders: names
        )
        title = recipe.name
        experiment = run.experiment
        tokenizer = try run.tokenizer()
        form = try run.form()
        models = run.runner.cache()
        self.run = run
        silence = Self.silence(run.experiment)
    }

    /// Checkpoints from anywhere, which must be of one base.
    ///
    /// - Parameters:
    ///   - checkpoints: The folder of each model, by its part.
    ///   - recipe: Whose development problems they are asked; nil for none.
    ///   - threads: Threads that compute.
    /// - Throws: What keeps models from being merged; errors of recipes and tokenizers.
    init(
        checkpoints: [(part: ModelPart, folder: URL)],
        recipe: LoadedRecipe?,
        threads: Int
    ) throws {
        let inputs = checkpoints.map { MergeInput(name: $0.part.name, folder: $0.folder) }
        let names = inputs.map(\.name)
        // Opening a merge of all compares their shapes and tokenizers.
        let average = MergeMethod.average(WeightedAverage.uniform(of: names))
        _ = try MergeTool(MergeRequest(average, of: inputs), threads: threads)
        let folders = Dictionary(uniqueKeysWithValues: inputs.map { ($0.name, $0.folder) })
        self.folders = folders
        let first = checkpoints[0].folder
        shape = WorkshopShape(
            architecture: try CheckpointArchitecture(in: first),
            trained: names,
            folders: Dictionary(uniqueKeysWithValues: names.map { ($0, $0) })
        )
        title = names.compactMap { folders[$0]?.lastPathComponent }.joined(separator: " + ")
        tokenizer = try Tokenizer(inModelFolder: first)
        experiment = try recipe.map(Experiment.init)
        form = try (recipe?.recipe.prompt ?? .ofFolder).form(for: tokenizer, in: first)
        models = ModelCache(folders: folders, threads: threads)
        run = nil
        // The models, the merge, and the merge arranged for products.
        let elements = shape.architecture.tensors.reduce(0.0) { sum, tensor in
            sum + tensor.shape.reduce(1.0) { $0 * Double($1) }
        }
        let needed = 4 * elements * Double(names.count + 2)
        do {
            try AvailableMemory().require(
                needed,
                for: "to merge and ask these models here",
                advice: "the stack, the bars and the exports work all the same"
            )
            silence =
                experiment.map(Self.silence)
                ?? "Nobody has said which problems to ask; open Studio with --recipe and a recipe "
                + "that has some."
        } catch {
            silence = "\(error.description)."
        }
    }

    private static func silence(_ experiment: Experiment) -> String? {
        experiment.sampleSplit == .development
            ? nil
            : "The recipe keeps no problems for development, and Studio never asks test problems; "
                + "set evaluation.development_share in the recipe."
    }
}
