import Datasets
import Foundation
import Foundations
import Kernels
import Transformer

/// One trainer for every stage: base, experts and anything else that starts from a model.
///
/// Step is the only clock: the batch, the learning rate and all randomness are functions of seed
/// and step, so that a run that was stopped and resumed gives the same bytes as one that was not.
public final class Trainer {
    /// The model, trained in place.
    public let model: TransformerModel

    let settings: TrainingSettings
    let cadence: TrainingCadence
    let validation: [ValidationSet]
    let engine: GradientEngine
    let optimizer: Optimizer
    /// Adapters that are trained in place of the model's weights; nil without LoRA.
    package let adapters: LoRAAdapters?
    /// Where checkpoints go; nil for a run that keeps none.
    let checkpoints: TrainingCheckpoints?
    /// The ranks that train the same model; nil when this process trains it alone.
    let peers: (any ModelPeers)?
    var state: TrainingState
    var observer: (TrainingEvent) throws -> Void = { _ in }
    /// What has failed at this rank since all ranks have agreed last.
    var failure: (any Error)?

    let source: any BatchProviding
    let queue: BatchQueue
    /// What the steps update, turn by turn.
    let turns: [Turn]
    /// Which parameters are trained, as 0 and 1; nil for all.
    let mask: SharedBuffer?
    /// Adds up the gradients of all ranks; nil without other ranks.
    let gradientSum: GradientSum?

    /// What the steps of one turn update.
    struct Turn {
        let partition: String?
        /// Which gradients they need; nil for all.
        let demand: GradientDemand?
    }

    /// Takes all memory that the run needs.
    ///
    /// - Parameters:
    ///   - model: The first weights.
    ///   - settings: What decides the trained weights.
    ///   - cadence: When to validate and save.
    ///   - batches: Make the batch of a number, one for each partition, and one when there are
    ///     none; step s of a partition reads numbers s · accumulation and on.
    ///   - validation: Sets whose loss is watched.
    ///   - identity: A text that names data and first weights: a checkpoint with another one is
    ///     refused on resumption.
    ///   - checkpointFolder: Where checkpoints go; nil for a run that keeps none.
    ///   - mask: 1 for every parameter that is trained and 0 for those that keep their bytes, in
    ///     the layout of the parameters; all are trained when nil. Needs a weight decay of zero and
    ///     no adapters.
    ///   - recomputes: Whether the activations of a block are recomputed in the backward pass, in
    ///     place of being kept: the same weights, bit by bit, in less memory and more time.
    ///   - peers: The ranks that train the same model with the same settings, each on its part of
    ///     every batch; rank 0 alone writes checkpoints. Nil for this process alone.
    /// - Throws: `TrainingError.setting` for settings that no run can have, `OneDNN.Unavailable`
    ///   for bfloat16 where it cannot be had, and an error for a model that nothing can compute.
    package init(
        model: TransformerModel,
        settings: TrainingSettings,
        cadence: TrainingCadence,
        batches: [any BatchProviding],
        validation: [ValidationSet],
        identity: String,
        checkpointFolder: URL?,
        mask: SharedBuffer? = nil,
        recomputes: Bool = false,
        peers: (any ModelPeers)? = nil
    ) throws {
        try Self.check(settings, validation, mask, of: model)
        let setup = try TrainerSetup(model: model, settings: settings, peers: peers)
        let parts = setup.parts
        precondition(batches.count == parts.count, "\(batches.count) sources for \(parts.count)")
        self.model = model
        self.settings = setup.settings
        self.cadence = cadence
        self.validation = validation
        self.mask = mask
        self.peers = peers
        source =
            batches.count == 1
            ? batches[0]
            : AlternatingBatches(sources: batches, accumulation: settings.accumulation)
        adapters = setup.adapters
        engine = try setup.engine(recomputes: recomputes)
        optimizer = setup.optimizer()
        gradientSum = setup.gradientSum(for: optimizer)
        turns = setup.turns
        queue = BatchQueue(
            source: source,
            pool: setup.pool,
            end: settings.steps * settings.accumulation
        )
        checkpoints = checkpointFolder.map { TrainingCheckpoints(folder: $0) }
        state = TrainingState(settings: setup.settings, identity: identity)
    }

    /// A run whose steps all read from one source.
    ///
    /// - Throws: As the other initializer does.
    package convenience init(
        model: TransformerModel,
        settings: TrainingSettings,
        cadence: TrainingCadence,
        batches: any BatchProviding,
        validation: [ValidationSet],
        identity: String,
        checkpointFolder: URL
    ) throws {
        try self.init(
            model: model,
            settings: settings,
            cadence: cadence,
            batches: [batches],
            validation: validation,
            identity: identity,
            checkpointFolder: checkpointFolder
        )
    }

    /// Trains to the last step, or until asked to stop.
    ///
    /// Goes on from the newest checkpoint of the run's folder when there is one. Before the first
    /// step, evaluation and saving are rehearsed on two batches, so that they do not fail hours
    /// later. A stop is taken at the border of a step, after a checkpoint. Without a folder nothing
    /// is saved or resumed.
    ///
    /// - Parameters:
    ///   - observer: Gets every event; what it throws ends the run.
    ///   - shouldStop: Asked after every step; where several ranks train, within it.
    /// - Returns: How far the run got, and its best validation.
    /// - Throws: `TrainingError`, errors of the data and of writing.
    public func run(
        observer: @escaping (TrainingEvent) throws -> Void,
        shouldStop: () -> Bool = { false }
    ) throws -> TrainingSummary {
        self.observer = observer
        gradientSum?.start()
        defer { gradientSum?.end() }
        try notify(.prepared(facts()))
        if let checkpoints, let newest = try resume(from: checkpoints) {
            try notify(.resumed(step: state.step, from: newest))
        } else if settings.steps > 0 {
            try rehearse()
        }
        let pace = TimeEstimate(stepsBefore: state.step)
        while state.step < settings.steps {
            let isStopping = try step(pace, shouldStop)
            if isStopping, state.step < settings.steps {
                if !isCheckpoint(state.step) { try save() }
                try agree()
                return summary(isComplete: false)
            }
        }
        try agree()
        return summary(isComplete: true)
    }

    private func summary(isComplete: Bool) -> TrainingSummary {
        TrainingSummary(
            step: state.step,
            isComplete: isComplete,
            averageLoss: state.averageLoss,
            best: state.best,
            seconds: state.seconds,
            tokens: state.tokens
        )
    }

    /// The gradients of what is trained: of adapters, wherever they are, or of the model.
    var trainedGradients: FloatView {
        engine.adapterGradients ?? adapters?.gradients ?? engine.gradients
    }

    /// The number of elements of each moment that this process keeps.
    package var ownMomentCount: Int { optimizer.ownCount }

    /// Whether this process writes what all ranks have.
    var isWriter: Bool { (peers?.rank ?? 0) == 0 }

    /// What a checkpoint is made of, besides the state.
    var objects: TrainedObjects {
        TrainedObjects(model: model, optimizer: optimizer, adapters: adapters)
    }
}
