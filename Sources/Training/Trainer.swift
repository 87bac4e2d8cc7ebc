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

    private let source: any BatchProviding
    private let mask: SharedBuffer?
    private let queue: BatchQueue
    private let turns: [Turn]
    private let gradientSum: GradientSum?

    /// What the steps of one turn update.
    private struct Turn {
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
        try model.configuration.check()
        try Self.check(settings)
        try Self.check(validation)
        let restriction = settings.restriction ?? TrainingRestriction()
        if let mask {
            precondition(mask.view.count == model.parameterCount, "a mask for every parameter")
            precondition(restriction.lora == nil, "adapters have no mask")
            guard settings.optimizer.weightDecay == 0 else {
                throw TrainingError.setting(
                    name: "weight_decay",
                    found: "\(settings.optimizer.weightDecay)",
                    expected: "0, because single parameters are kept from training"
                )
            }
        }
        self.mask = mask
        self.peers = peers
        guard model.precision == .float32 || restriction.lora != nil else {
            throw TrainingError.setting(
                name: "frozen",
                found: model.precision.rawValue,
                expected: "fp32, because only weights with adapters beside them stay as they are"
            )
        }
        let parts = try restriction.parts(of: model.layout)
        precondition(batches.count == parts.count, "\(batches.count) sources for \(parts.count)")
        self.model = model
        var settings = settings
        settings.frozen = model.precision == .float32 ? nil : model.precision
        self.settings = settings
        self.cadence = cadence
        self.validation = validation
        source =
            batches.count == 1
            ? batches[0]
            : AlternatingBatches(sources: batches, accumulation: settings.accumulation)
        let pool = WorkerPool(threadCount: settings.threadCount)
        let adapters = restriction.lora.map { lora in
            LoRAAdapters(
                model: model,
                settings: lora,
                parts: parts.map(\.entries),
                seed: restriction.seed,
                pool: pool,
                form: LoRAAdapters.form(for: model)
            )
        }
        var options = GradientEngine.Options()
        options.precision = settings.precision
        options.recomputes = recomputes
        options.adapters = adapters?.besideWeights
        options.trained = parts.flatMap(\.entries)
        if let peers { options.process = (peers.rank, peers.count) }
        engine = try GradientEngine(
            model: model,
            pool: pool,
            maximumTokens: settings.tokensPerBatch,
            maximumSegmentLength: settings.maximumSequenceLength,
            options: options
        )
        self.adapters = adapters
        let sections =
            adapters.map { [0..<$0.parameters.count] } ?? model.layout.sections
        optimizer = Optimizer(
            parts: parts.enumerated().map { part, trained in
                adapters?.tensors(ofPart: part) ?? trained.entries.map(Optimizer.Tensor.init)
            },
            settings: settings.optimizer,
            pool: pool,
            sections: sections,
            peers: peers
        )
        gradientSum = peers.map { [optimizer] in
            GradientSum(optimizer.shards, sectionCount: sections.count, peers: $0)
        }
        turns = parts.map { part in
            let isWhole = part.entries.count == model.layout.entries.count
            let demand =
                adapters?.form == .beside
                ? GradientDemand(adaptersOf: part.entries, of: model.configuration)
                : GradientDemand(part.entries, of: model.configuration)
            return Turn(partition: part.name, demand: isWhole ? nil : demand)
        }
        queue = BatchQueue(
            source: source,
            pool: pool,
            end: settings.steps * settings.accumulation
        )
        checkpoints = checkpointFolder.map { TrainingCheckpoints(folder: $0) }
        state = TrainingState(settings: settings, identity: identity)
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
            // With partitions, one batch of each.
            let numbers =
                turns.count == 1
                ? [0, 1] : turns.indices.map { $0 * settings.accumulation }
            var batches: [PackedBatch] = []
            try attempt { batches = try numbers.map { try source.batch(step: $0) } }
            try rehearse(batches: batches)
        }
        let pace = TimeEstimate(stepsBefore: state.step)
        while state.step < settings.steps {
            let isStopping = try step(pace, shouldStop)
            if isStopping, state.step < settings.steps {
                try save()
                try agree()
                return summary(isComplete: false)
            }
        }
        try agree()
        return summary(isComplete: true)
    }

    /// Does one step.
    ///
    /// - Returns: Whether the run was asked to stop after it.
    private func step(_ pace: TimeEstimate, _ shouldStop: () -> Bool) throws -> Bool {
        let start = ContinuousClock.now
        let number = state.step + 1
        let part = state.step % turns.count
        let turn = turns[part]
        var loss = LossSum()
        var tokens = 0
        engine.clearGradients()
        gradientSum?.begin(trainedGradients, part: part)
        try attempt {
            for micro in 0..<settings.accumulation {
                let batch = try queue.batch(state.step * settings.accumulation + micro)
                tokens += batch.tokens.count
                loss += engine.accumulateGradients(
                    ModelInput(batch),
                    demand: turn.demand,
                    listener: micro == settings.accumulation - 1 ? sectionListener : nil
                )
            }
        }
        engine.reduceGradients()
        if let adapters, adapters.form == .materialized {
            adapters.computeGradients(from: engine.gradients, part: part)
        }
        let waited = try gradientSum?.finish()
        if let mask { Elementwise.multiply(engine.gradients, by: mask.view) }
        let totals = try totals(loss, part: part, shouldStop)
        loss = totals.loss
        let norm = totals.norm
        let rate = settings.schedule.rate(at: number)
        if loss.count > 0 {
            try update(part: part, loss: loss, norm: norm, rate: rate, number: number)
        }
        state.step = number
        state.tokens += tokens
        let seconds = start.duration(to: .now).inSeconds
        state.seconds += seconds
        try notify(
            .step(
                StepRecord(
                    step: number,
                    steps: settings.steps,
                    partition: turn.partition,
                    loss: loss.count > 0 ? loss.mean : nil,
                    averageLoss: state.averageLoss,
                    gradientNorm: loss.count > 0 ? norm / Double(loss.count) : 0,
                    learningRate: rate,
                    tokens: tokens,
                    countedTokens: loss.count,
                    seconds: seconds,
                    waitSeconds: waited,
                    residentBytes: ProcessMemory.residentBytes,
                    remainingSeconds: pace.remaining(after: number, of: settings.steps)
                )
            )
        )
        try look(after: number)
        return peers == nil ? shouldStop() : totals.isStopping
    }

    /// Gradients of whole tensors are added up while the backward pass runs; those of adapters are
    /// few, and known at its end.
    private var sectionListener: (any GradientListener)? { adapters == nil ? gradientSum : nil }

    private func update(
        part: Int,
        loss: LossSum,
        norm: Double,
        rate: Double,
        number: Int
    ) throws {
        guard loss.total.isFinite else {
            throw notFinite(number, "loss", loss.mean)
        }
        guard norm.isFinite else {
            throw notFinite(number, "gradient norm", norm)
        }
        optimizer.update(
            parameters: adapters?.parameters ?? model.parameters,
            gradients: trainedGradients,
            norm: norm,
            countedTokens: loss.count,
            learningRate: rate,
            step: state.countUpdate(ofPart: part),
            part: part
        )
        try shareParameters(part: part)
        adapters?.materialize(part: part)
        let weight = 1 / Double(min(state.updates, 50))
        state.averageLoss = (state.averageLoss ?? 0) * (1 - weight) + loss.mean * weight
    }

    var trainedGradients: FloatView {
        engine.adapterGradients ?? adapters?.gradients ?? engine.gradients
    }

    /// Writes the model as it is now into a folder, and its adapters beside it when it has any.
    ///
    /// The weights hold the change of the adapters.
    ///
    /// - Throws: Errors of writing; a file that exists is not overwritten, and a model of which one
    ///   exists is not written.
    package func write(to folder: URL) throws { try objects.write(to: folder) }

    /// The step of the newest checkpoint in a folder that a run can resume from, or nil when there
    /// is none.
    package static func newestStep(in folder: URL) -> Int? {
        let newest = try? TrainingCheckpoints(folder: folder).newest()
        return newest.flatMap { TrainingCheckpoints.step(of: $0) }
    }

    /// Removes what only resuming needs from the checkpoints: moments and states.
    ///
    /// They are two thirds of the bytes; the weights stay. For a run whose model is written: after
    /// this it cannot be resumed.
    ///
    /// - Throws: `FileError`.
    package func discardStates() throws { try checkpoints?.discardStates() }

    /// The number of elements of each moment that this process keeps.
    package var ownMomentCount: Int { optimizer.ownCount }

    /// Whether this process writes what all ranks have.
    var isWriter: Bool { (peers?.rank ?? 0) == 0 }

    var objects: TrainedObjects {
        TrainedObjects(model: model, optimizer: optimizer, adapters: adapters)
    }

    /// Validates and saves when it is time for it.
    private func look(after step: Int) throws {
        let isLast = step == settings.steps
        if isLast { try checkWeights() }
        let every = cadence.validationInterval
        if !validation.isEmpty, isLast || (every > 0 && step % every == 0) { try validate() }
        let interval = cadence.checkpointInterval
        if interval > 0, step % interval == 0, !isLast { try save() }
    }

    private func save() throws {
        guard let checkpoints else { return }
        try checkWeights()
        let url = try save(in: checkpoints)
        if isWriter {
            try attempt {
                try checkpoints.prune(keeping: cadence.keptCheckpoints, best: state.best?.step)
            }
        }
        try notify(.saved(step: state.step, folder: url))
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
}
