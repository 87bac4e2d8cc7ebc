import Foundation
import MergeMethods
import Synchronization

/// The architectures of the models of one merge, from its settings to its execution: each
/// `config.json` is read once.
package final class MergeArchitectures: Sendable {
    private let known = Mutex<[URL: CheckpointArchitecture]>([:])

    /// None is read yet.
    package init() {}

    /// The architecture of a model, for a LoRA adapter that of the base.
    ///
    /// - Parameters:
    ///   - input: The model.
    ///   - inputs: All models of the merge.
    /// - Returns: What its `config.json` says.
    /// - Throws: `AdapterError.withoutBase`, `ConfigurationError`.
    package func architecture(
        of input: MergeInput,
        among inputs: [MergeInput]
    ) throws -> CheckpointArchitecture {
        try architecture(in: input.modelFolder(among: inputs))
    }

    /// The architecture of a checkpoint folder.
    ///
    /// - Throws: `ConfigurationError`.
    func architecture(in folder: URL) throws -> CheckpointArchitecture {
        try known.withLock { known in
            if let architecture = known[folder] { return architecture }
            let architecture = try CheckpointArchitecture(in: folder)
            known[folder] = architecture
            return architecture
        }
    }
}
