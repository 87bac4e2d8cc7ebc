import Checkpointing
import Foundation

/// What a merge did, and what was proven about it.
package struct MergeReport: Hashable, Sendable {
    /// The merged checkpoint.
    package let output: URL
    /// Tensors whose bytes were copied.
    package let copiedTensors: Int
    /// Tensors that were computed.
    package let computedTensors: Int
    /// Bytes of copied tensors that were read back and found equal to their source.
    package let provenBytes: Int
    /// The weight files and their hashes, in the order of the tensors.
    package let weights: [Provenance.Input]
}

/// What a merge is doing.
package struct MergeProgress: Hashable, Sendable {
    /// The steps of a merge.
    package enum Step: String, Sendable {
        /// The experts are compared with their base.
        case comparing
        /// Tensors are copied and computed.
        case merging
        /// What was written is read back and compared.
        case proving
        /// Files are hashed for the record.
        case hashing
    }

    /// The step.
    package let step: Step
    /// What is next: a tensor or a file.
    package let name: String
    /// The bytes that are done in this step.
    package let doneBytes: Int
    /// The bytes of the step.
    package let totalBytes: Int
}
