import Foundation
import Kernels

extension Trainer {
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

    /// Saves a checkpoint where there is a folder for them, and removes those that are not kept.
    func save() throws {
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

    /// Stops a run whose weights are not finite before they are kept.
    ///
    /// The loss of a step is that of the weights before its update: what the last update has broken
    /// shows only here.
    func checkWeights() throws {
        let isFinite =
            adapters?.form == .beside
            ? adapters?.parameters.isFinite ?? true : model.parameters.isFinite
        guard isFinite else {
            throw notFinite(state.step, "norm of the weights", .nan)
        }
    }
}
