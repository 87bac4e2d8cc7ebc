import Foundation
import Transformer

/// What a run changes from step to step, besides its state.
struct TrainedObjects {
    let model: TransformerModel
    let optimizer: Optimizer
    /// Adapters that are trained in place of the model's weights.
    let adapters: LoRAAdapters?

    /// Writes a model that holds the change of its adapters, and the adapters beside it.
    func write(to folder: URL) throws {
        try model.write(to: folder) { adapters?.changed($0) }
        try adapters?.write(besideModelIn: folder)
    }
}
