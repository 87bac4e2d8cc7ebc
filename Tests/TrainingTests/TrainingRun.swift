import Datasets
import Foundation
import Training
import Transformer

/// Batches of made-up tokens, each a function of its number.
struct MadeUpBatches: BatchProviding {
    var vocabulary: Int32 = 29
    var masked: Set<Int> = []
    var same = false
    var shift: Int = 0

    func batch(step: Int) throws -> PackedBatch {
        var batch = PackedBatch(tokens: [], segmentOffsets: [0], targets: [])
        let number = same ? 0 : step + shift
        for segment in 0..<3 {
            let length = 4 + (number * 5 + segment * 3) % 7
            let tokens = (0...length).map { place in
                // Each segment begins with a token of its own, so that all can be learned by heart.
                Int32((place * (segment + 2) + number * 3 + segment * 10) % Int(vocabulary))
            }
            batch.tokens += tokens.dropLast()
            batch.targets +=
                masked.contains(step)
                ? Array(repeating: PackedBatch.ignoredTarget, count: length)
                : Array(tokens.dropFirst())
            batch.segmentOffsets.append(batch.tokens.count)
        }
        return batch
    }
}

/// A run in a temporary folder.
final class TrainingRun {
    let folder: URL
    private let ownsFolder: Bool
    /// The ranks that train the same model.
    var peers: (any ModelPeers)?
    /// Asked after every step, besides the step to stop after.
    var shouldStop: () -> Bool = { false }
    var steps = 12
    var accumulation = 1
    var threads = 2
    var interval = 0
    var rate = 1e-2
    var shape = LearningRateSchedule.Shape.cosine
    var warmup = 2
    var layers = 2
    var tied = true
    var initializerRange = 0.02
    var optimizer = OptimizerSettings()
    var restriction: TrainingRestriction?
    var identity = "data and base"
    var batches = [MadeUpBatches()]
    /// Batches of another kind.
    var sources: [any BatchProviding]?
    var validation = true
    var losses: [Double?] = []
    var events: [TrainingEvent] = []

    /// The trainer of the newest run.
    var trainer: Trainer?

    /// How often the trainer runs; a later time goes on from the checkpoint of a stop.
    var rounds = 1

    /// Called after every step; what it throws ends the run as a crash would.
    var afterStep: (StepRecord, TransformerModel) throws -> Void = { _, _ in }

    /// A run in a folder of its own, or in one that others share.
    init(in folder: URL? = nil) {
        ownsFolder = folder == nil
        self.folder =
            folder
            ?? FileManager.default.temporaryDirectory
            .appending(path: "layerswap-training-\(UUID().uuidString)")
    }

    deinit { if ownsFolder { try? FileManager.default.removeItem(at: folder) } }

    /// The weights that every run begins with.
    var initialModel: TransformerModel {
        var configuration = ModelConfiguration(
            vocabularySize: 29,
            modelWidth: 24,
            layerCount: layers,
            headCount: 3,
            hiddenWidth: 32,
            tiedEmbeddings: tied
        )
        configuration.initializerRange = initializerRange
        return TransformerModel(configuration: configuration, seed: 3)
    }

    var initialParameters: [Float] {
        let model = initialModel
        return withExtendedLifetime(model) { model.parameters.array() }
    }

    func train(
        stopAfter: Int? = nil
    ) throws -> (parameters: [Float], summary: TrainingSummary) {
        let model = initialModel
        var settings = TrainingSettings(
            steps: steps,
            schedule: LearningRateSchedule(
                shape: shape,
                peak: rate,
                warmupSteps: warmup,
                totalSteps: steps
            ),
            tokensPerBatch: 64,
            maximumSequenceLength: 16,
            threadCount: threads
        )
        settings.accumulation = accumulation
        settings.optimizer = optimizer
        settings.restriction = restriction
        var cadence = TrainingCadence()
        cadence.validationInterval = validation ? 3 : 0
        cadence.checkpointInterval = interval
        let sets = [
            ValidationSet(name: "made up", batches: [try MadeUpBatches().batch(step: 1_000)])
        ]
        let trainer = try Trainer(
            model: model,
            settings: settings,
            cadence: cadence,
            batches: sources ?? batches,
            validation: validation ? sets : [],
            identity: identity,
            checkpointFolder: folder,
            peers: peers
        )
        self.trainer = trainer
        var done = 0
        func go() throws -> TrainingSummary {
            try trainer.run(
                observer: { event in
                    self.events.append(event)
                    if case .step(let record) = event {
                        self.losses.append(record.loss)
                        done = record.step
                        try self.afterStep(record, model)
                    }
                },
                shouldStop: { self.shouldStop() || (stopAfter.map { done >= $0 } ?? false) }
            )
        }
        for _ in 1..<rounds { _ = try go() }
        let summary = try go()
        return withExtendedLifetime(model) { (model.parameters.array(), summary) }
    }
}
