import Analysis
import Checkpointing
import Foundation
import Recipes
import Training
import Transformer

/// Trains some weights of a model on the data of a stage, and no others.
struct SetTraining {
    private let run: AnalyzedRun
    private let stage: String
    private let settings: TrainingStageSettings
    private let threads: Int

    /// - Parameters:
    ///   - run: The run whose recipe has the stage.
    ///   - stage: The stage whose data, steps and rates are used.
    ///   - threads: Threads that compute.
    /// - Throws: `AnalyzedRun.Failure.unknownModel`.
    init(_ run: AnalyzedRun, stage: String, threads: Int) throws {
        let recipe = run.experiment.recipe
        guard let settings = recipe.effective(stage: stage) else {
            throw AnalyzedRun.Failure.unknownModel(name: stage, known: recipe.stages.names)
        }
        self.run = run
        self.stage = stage
        self.settings = settings
        self.threads = threads
    }

    /// A trained copy of a model.
    ///
    /// Weights do not decay, so that what is not trained keeps its bytes, and so that training a
    /// set and training everything differ in the set alone.
    ///
    /// - Parameters:
    ///   - model: What training begins with.
    ///   - set: The weights that are trained; all when nil.
    /// - Returns: The copy.
    /// - Throws: `TrainingError`, errors of the data.
    func trained(_ model: TransformerModel, only set: ParameterSet?) throws -> TransformerModel {
        let copy = model.copied()
        var training = settings.trainingSettings(
            threads: threads,
            precision: .float32,
            seed: run.experiment.recipe.seed
        )
        training.restriction = nil
        training.optimizer.weightDecay = 0
        let folder = FileManager.default.temporaryDirectory.appending(
            path: "layerswap-\(UUID().uuidString)"
        )
        let item = UnfinishedItem(at: folder)
        defer { item.remove() }
        let trainer = try Trainer(
            model: copy,
            settings: training,
            cadence: TrainingCadence(),
            batches: run.runner.batches(
                settings,
                run.tokenizer(),
                split: .train,
                name: stage
            ).prefix(1).map(\.source),
            validation: [],
            identity: "set",
            checkpointFolder: folder,
            mask: set?.mask(for: model)
        )
        _ = try trainer.run(observer: { _ in })
        return withExtendedLifetime((model, trainer)) { copy }
    }
}
