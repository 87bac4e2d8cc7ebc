import Foundation
import Kernels

/// A checkpoint folder, opened for reading: its configuration, and its tensors by name.
///
/// Weight files are mapped into memory and never written; opening a folder reads headers alone.
public struct Checkpoint: Sendable {
    /// The folder.
    public let folder: URL
    /// What `config.json` says.
    public let configuration: CheckpointConfiguration

    private let collection: TensorCollection

    /// Opens a folder with `config.json` and weights in one safetensors file or in shards.
    ///
    /// - Parameter folder: A folder as Hugging Face `transformers` writes it.
    /// - Throws: An error whose description names the file and what is wrong with it: it is
    ///   missing, damaged, or names tensors that are not there.
    public init(at folder: URL) throws {
        self.folder = folder
        configuration = try CheckpointConfiguration(in: folder)
        collection = try TensorCollection(at: folder)
    }

    /// Name, shape and stored type of every tensor, file by file in the order of their data.
    public var tensors: [TensorDescription] { collection.tensors }

    /// The tensor of a name; nil when there is none.
    ///
    /// - Parameter name: The name, such as `model.embed_tokens.weight`.
    /// - Returns: Its name, shape and stored type.
    public func tensor(named name: String) -> TensorDescription? {
        collection.description(of: name)
    }

    /// The numbers of a tensor, row by row, whatever floating type they are stored in.
    ///
    /// - Parameter name: The name of the tensor.
    /// - Returns: As many numbers as the product of its shape; F64 is rounded.
    /// - Throws: An error when there is no such tensor, or it does not hold floating numbers.
    public func values(of name: String) throws -> [Float] {
        let count = collection.description(of: name)?.elementCount ?? 0
        let room = SharedBuffer(count: count)
        try collection.readFloats(of: name, into: room.view)
        return withExtendedLifetime(room) { room.view.array() }
    }
}
