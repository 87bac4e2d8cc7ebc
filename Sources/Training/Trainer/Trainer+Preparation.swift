import Checkpointing
import Foundation
import Foundations
import Transformer

extension Trainer {
    /// Numbers that follow from the settings.
    func facts() throws -> TrainingFacts {
        let tokens = settings.tokensPerBatch * settings.accumulation
        return TrainingFacts(
            parameterCount: model.parameterCount,
            trainedCount: optimizer.count,
            tokensPerStep: tokens,
            steps: settings.steps,
            operationsPerStep: 6 * Double(model.parameterCount) * Double(tokens),
            memoryBytes: model.byteCount + 2 * 4 * optimizer.ownCount + engine.byteCount
                + (adapters?.byteCount ?? 0),
            threadCount: settings.threadCount,
            kernel: try settings.precision.load()
        )
    }

    /// Does everything once that happens later on: gradients, validation, saving and loading.
    ///
    /// Weights, moments and state are as before.
    ///
    /// - Throws: What would have ended the run later.
    func rehearse() throws {
        let start = ContinuousClock.now
        engine.clearGradients()
        try attempt {
            for number in rehearsalNumbers {
                let batch = try source.batch(step: number)
                let loss = engine.accumulateGradients(ModelInput(batch))
                guard loss.total.isFinite else {
                    throw notFinite(0, "loss of a rehearsal", loss.mean)
                }
            }
            for set in validation { _ = lossSum(set.batches.prefix(2)) }
        }
        try agree()
        if let checkpoints {
            let folder = checkpoints.folder.appending(path: "rehearsal")
            let rehearsal = TrainingCheckpoints(folder: folder)
            let item = isWriter ? UnfinishedItem(at: folder) : nil
            defer { item?.remove() }
            let url = try save(in: rehearsal)
            try attempt { _ = try rehearsal.load(url, into: objects, expecting: state) }
            try agree()
        }
        try notify(.rehearsed(seconds: start.duration(to: .now).inSeconds))
    }

    /// The first two batches of the run, or the first of each partition.
    private var rehearsalNumbers: [Int] {
        turns.count == 1 ? [0, 1] : turns.indices.map { $0 * settings.accumulation }
    }
}
