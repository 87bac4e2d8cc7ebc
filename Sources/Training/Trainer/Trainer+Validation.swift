import Datasets
import Foundation
import Transformer

extension Trainer {
    /// The losses of all validation sets.
    func validate() throws {
        var total = LossSum()
        var bySet: [String: Double] = [:]
        for set in validation {
            let sum = try sumOfRanks(lossSum(set.batches[...]))
            bySet[set.name] = sum.mean
            total += sum
        }
        guard total.count > 0 else { return }
        guard total.total.isFinite else {
            throw notFinite(state.step, "loss on the validation sets", total.mean)
        }
        let isBest = state.best.map { total.mean < $0.loss } ?? true
        if isBest { state.best = BestValidation(step: state.step, loss: total.mean) }
        try notify(
            .validated(
                ValidationRecord(
                    step: state.step,
                    loss: total.mean,
                    lossBySet: bySet,
                    isBest: isBest
                )
            )
        )
    }

    /// The error for a number of a step that is not finite.
    func notFinite(_ step: Int, _ what: String, _ value: Double) -> TrainingError {
        .notFinite(
            step: step,
            what: what,
            value: value,
            tensor: model.firstNotFiniteTensor,
            checkpoint: (try? checkpoints?.newest())?.path(percentEncoded: false)
        )
    }

    /// The summed loss of this process over some batches.
    func lossSum(_ batches: ArraySlice<PackedBatch>) -> LossSum {
        batches.reduce(into: LossSum()) { $0 += engine.loss(ModelInput($1)) }
    }
}
