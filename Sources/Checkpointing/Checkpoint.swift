import Foundation
import Kernels

/// A model folder of Hugging Face form, opened to be read.
///
/// ```swift
/// let checkpoint = try Checkpoint(at: folder)
/// for tensor in checkpoint.tensors { print(tensor.name, tensor.shape) }
/// let gains = try checkpoint.values(of: "model.norm.weight")
/// ```
///
/// Weights are memory-mapped, in one file or in shards; every length is checked before it is used.
public struct Checkpoint: Sendable {
    /// One tensor of a checkpoint.
    public struct Tensor: Hashable, Sendable {
        /// The name, such as `model.layers.0.mlp.up_proj.weight`.
        public let name: String
        /// The extents, the outermost first; a linear weight is `[out, in]`.
        public let shape: [Int]
        /// The stored type under its safetensors name, such as `F32` or `BF16`.
        public let elementType: String
        /// The number of elements.
        public let count: Int
    }

    /// The folder, or the safetensors file, that was opened.
    public let url: URL
    /// All tensors, file by file in the order of their data.
    public let tensors: [Tensor]

    private let collection: TensorCollection

    /// Opens a folder with `model.safetensors` or with shards and their index, or one safetensors
    /// file.
    ///
    /// - Parameter url: The folder or the file.
    /// - Throws: An error with a description for its user: what was wrong, where, and what was
    ///   expected.
    public init(at url: URL) throws {
        collection = try TensorCollection(at: url)
        self.url = url
        tensors = collection.tensors.map {
            Tensor(
                name: $0.name,
                shape: $0.shape,
                elementType: $0.elementType.rawValue,
                count: $0.elementCount
            )
        }
    }

    /// The fields of `config.json`, as it lies in the folder.
    ///
    /// - Returns: The JSON text.
    /// - Throws: An error when the folder has no such file or it cannot be read.
    public func configurationText() throws -> String {
        let data = try InputFile.data(at: url.appending(path: "config.json"))
        return String(decoding: data, as: UTF8.self)
    }

    /// The numbers of a tensor, in row-major order, whatever floating type they are stored in.
    ///
    /// - Parameter name: The name of the tensor.
    /// - Returns: One number an element.
    /// - Throws: An error when there is no such tensor, or when it holds no floating numbers.
    public func values(of name: String) throws -> [Float] {
        let buffer = SharedBuffer(count: collection.description(of: name)?.elementCount ?? 0)
        try collection.readFloats(of: name, into: buffer.view)
        return withExtendedLifetime(buffer) { buffer.view.array() }
    }
}
