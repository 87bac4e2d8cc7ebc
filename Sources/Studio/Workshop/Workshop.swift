import Datasets
import Evaluation
import Foundation
import MergeMethods
import Merging
import Pipeline
import RecipeDocuments
import Recipes
import RunAnalysis
import RunRecords
import Tokenization
import Transformer

/// The models of one run, opened to be merged, asked and measured for the pages of Studio.
///
/// It holds no science of its own: settings are read as those of recipes are, merged, asked and
/// judged through the functions of a run, on development problems alone. Its work is done on one
/// thread, in pieces of a tenth of a second, between which other pages get their turn and work that
/// nobody waits for ends.
package actor Workshop {
    private nonisolated let executor = WorkshopExecutor()

    /// The thread that the work is done on.
    package nonisolated var unownedExecutor: UnownedSerialExecutor {
        executor.asUnownedSerialExecutor()
    }

    /// What merges are planned with.
    package nonisolated let shape: WorkshopShape
    /// Why no model can be asked; nil where all can.
    nonisolated let silence: String?
    /// How many threads compute.
    nonisolated let threads: Int
    /// Finds out what stands beside each layer.
    nonisolated let analyst: BarsAnalyst

    /// The models and what they can be asked.
    let material: Material
    /// The most tokens of a reply.
    let longestReply: Int
    /// What asks problems; the worked examples of the recipe are read once.
    private var evaluators: [LanguageRole: MathEvaluator] = [:]
    /// The problems, as many as the most that were asked for.
    private var shelf: [LanguageRole: [MathProblem]] = [:]
    /// What models replied.
    var replies = ReplyShelf()
    /// The merges that have a name.
    var variants: [String: MergeSettings] = [:]
    /// How many problems were drawn.
    var drawn = 0

    /// Opens the models of a run.
    ///
    /// - Parameters:
    ///   - folder: The folder of the run.
    ///   - cell: The experiment of a sweep; its first finished one when nil.
    ///   - threads: Threads that compute.
    /// - Throws: `AnalyzedRun.Failure`, errors of recipes, checkpoints and tokenizers.
    package init(at folder: URL, cell: String? = nil, threads: Int) throws {
        self.init(
            try Material(run: AnalyzedRun(at: folder, cell: cell, threads: threads)),
            threads: threads
        )
    }

    /// Opens checkpoints from anywhere.
    ///
    /// - Parameters:
    ///   - checkpoints: The folder of each model, by its part; the base first.
    ///   - recipe: Whose development problems they are asked; nil for none.
    ///   - threads: Threads that compute.
    /// - Throws: What keeps models from being merged; errors of recipes and tokenizers.
    package init(
        checkpoints: [(part: ModelPart, folder: URL)],
        recipe: LoadedRecipe?,
        threads: Int
    ) throws {
        self.init(
            try Material(checkpoints: checkpoints, recipe: recipe, threads: threads),
            threads: threads
        )
    }

    private init(_ material: sending Material, threads: Int) {
        shape = material.shape
        silence = material.silence
        self.threads = threads
        analyst = BarsAnalyst(material.source, threads: threads)
        longestReply =
            material.experiment?.recipe.evaluation.maximumNewTokens ?? Self.standardReply
        self.material = material
    }

    /// The longest reply where no recipe says so.
    private static let standardReply = 64

    /// The average of both experts, where the recipe has no merge of that name.
    static let soup = "soup"

    /// The models that every merge is compared with.
    nonisolated var references: [String] {
        let parts: [ModelPart] = [.base, .math, .language]
        return parts.map(\.name).filter(shape.trained.contains) + [Self.soup]
    }

    /// Problems of a language from the development split, the first ones.
    func problems(_ role: LanguageRole, count: Int) throws -> [MathProblem] {
        if let known = shelf[role], known.count >= count { return Array(known.prefix(count)) }
        guard let experiment = material.experiment else { return [] }
        let problems = try experiment.sampleProblems(role, count: count)
        shelf[role] = problems
        return problems
    }

    /// What asks problems of a language as the run asks them.
    ///
    /// - Throws: `StudioError.silent` without a recipe, errors of the file of worked examples.
    func evaluator(_ role: LanguageRole) throws -> MathEvaluator {
        if let known = evaluators[role] { return known }
        guard let experiment = material.experiment else {
            throw StudioError.silent("There are no problems.")
        }
        let evaluator = try experiment.mathEvaluator(
            role,
            material.tokenizer,
            form: material.form
        )
        evaluators[role] = evaluator
        return evaluator
    }

    /// Loads or merges a model.
    ///
    /// - Throws: `StudioError.unknownModel`, errors of merges.
    func model(of subject: Subject) throws -> TransformerModel {
        switch subject {
        case .merge(let merge):
            return try material.models.model(
                of: ModelSpecification(
                    model: "merge",
                    replicate: "",
                    source: .merge(merge.method, of: shape.inputs(of: merge))
                )
            )
        case .model(let name):
            if let folder = shape.folders[name] {
                return try material.models.model(
                    of: ModelSpecification(model: name, replicate: "", source: .checkpoint(folder))
                )
            }
            return try model(of: .merge(merge(named: name)))
        }
    }

    /// The setting of a variant, or of the average of both experts.
    ///
    /// - Throws: `StudioError.unknownModel`.
    func merge(named name: String) throws -> MergeSettings {
        if let variant = variants[name] { return variant }
        guard name == Self.soup else {
            throw StudioError.unknownModel(
                name: name,
                known: shape.trained + [Self.soup] + variants.keys.sorted()
            )
        }
        if material.run != nil,
            let point = material.experiment?.recipe.merges[name]?.points.first
        {
            return point
        }
        return try shape.merge(.method(.average))
    }
}
