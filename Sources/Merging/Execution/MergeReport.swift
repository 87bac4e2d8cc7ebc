import Checkpointing
import Foundation

/// What a merge did, and what was proven about it.
public struct MergeReport: Hashable, Sendable {
    /// The merged checkpoint.
    public let output: URL
    /// Tensors whose bytes were copied.
    public let copiedTensors: Int
    /// Tensors that were computed.
    public let computedTensors: Int
    /// Bytes of copied tensors that were read back and found equal to their source.
    public let provenBytes: Int
    /// The weight files and their hashes, in the order of the tensors.
    package let weights: [Provenance.Input]
}

/// What a merge is doing.
public struct MergeProgress: Hashable, Sendable {
    /// The steps of a merge.
    public enum Step: String, Sendable {
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
    public let step: Step
    /// What is next: a tensor or a file.
    public let name: String
    /// The bytes that are done in this step.
    public let doneBytes: Int
    /// The bytes of the step.
    public let totalBytes: Int
}
