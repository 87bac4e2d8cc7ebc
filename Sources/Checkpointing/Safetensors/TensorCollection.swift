import Foundation
import Kernels

/// The tensors of a checkpoint, in one safetensors file or in shards listed by an index.
package final class TensorCollection: Sendable {
    /// The name of the file of a checkpoint that is not split.
    package static let fileName = "model.safetensors"
    /// The name of the index of a checkpoint that is split.
    package static let indexName = "model.safetensors.index.json"

    /// What was opened: a file, or a folder.
    package let url: URL
    /// The safetensors files, sorted by name.
    package let files: [URL]
    /// All tensors, file by file in the order of their data.
    package let tensors: [TensorDescription]
    /// The text of the first file.
    package let metadata: [String: String]

    private let owners: [String: SafetensorsFile]

    /// Opens a safetensors file, or a folder that holds `model.safetensors` or, failing that,
    /// `model.safetensors.index.json` and the shards that it names.
    ///
    /// - Throws: `FolderError` when a folder has neither, `ShardError` when index and shards
    ///   disagree, and what `SafetensorsFile` throws.
    package init(at url: URL) throws {
        self.url = url
        let path = url.path(percentEncoded: false)
        var isFolder: ObjCBool = false
        let manager = FileManager.default
        guard manager.fileExists(atPath: path, isDirectory: &isFolder) else {
            throw FileError(operation: "open", path: path, code: ENOENT)
        }
        let single = url.appending(path: Self.fileName)
        let index = url.appending(path: Self.indexName)
        let opened: [SafetensorsFile]
        if !isFolder.boolValue {
            opened = [try SafetensorsFile(at: url)]
        } else if manager.fileExists(atPath: single.path(percentEncoded: false)) {
            opened = [try SafetensorsFile(at: single)]
        } else if manager.fileExists(atPath: index.path(percentEncoded: false)) {
            opened = try ShardIndex(at: index).open(in: url)
        } else {
            throw FolderError.incomplete(
                path: path,
                expected: "\(Self.fileName) and no \(Self.indexName)"
            )
        }
        files = opened.map(\.url)
        tensors = opened.flatMap(\.tensors)
        metadata = opened.first?.metadata ?? [:]
        // A shard index has each tensor in one file only; that was checked when it was opened.
        owners = Dictionary(
            opened.flatMap { file in file.tensors.map { ($0.name, file) } },
            uniquingKeysWith: { first, _ in first }
        )
    }

    /// The tensor of that name, or nil when there is none.
    package func description(of name: String) -> TensorDescription? {
        owners[name]?.description(of: name)
    }

    /// Lends the stored bytes of a tensor, which must not be kept after `body`.
    ///
    /// - Throws: `ShardError` when there is no such tensor, and what `body` throws.
    package func withBytes<Result>(
        of name: String,
        _ body: (UnsafeRawBufferPointer) throws -> Result
    ) throws -> Result {
        try owner(of: name).withBytes(of: name, body)
    }

    /// Copies some of a tensor's stored bytes to a place in another file.
    ///
    /// - Throws: `ShardError` when there is no such tensor, `FileError`.
    package func copyBytes(
        of name: String,
        _ part: Range<Int>,
        to output: OutputFile,
        at offset: Int
    ) throws {
        try owner(of: name).copyBytes(of: name, part, to: output, at: offset)
    }

    /// Reads a tensor as `Float`, whatever floating type it is stored in.
    ///
    /// - Throws: `ShardError` when there is no such tensor; `SafetensorsError` when it holds no
    ///   floating numbers or has another number of elements than `floats`.
    package func readFloats(of name: String, into floats: FloatView) throws {
        try owner(of: name).readFloats(of: name, into: floats)
    }

    /// Lets the system take back the memory that reading a tensor has filled.
    package func releasePages(of name: String) {
        owners[name]?.releasePages(of: name)
    }

    private func owner(of name: String) throws -> SafetensorsFile {
        guard let file = owners[name] else {
            throw ShardError.missingTensor(
                name: name,
                path: url.path(percentEncoded: false)
            )
        }
        return file
    }
}

/// The index of a checkpoint in shards: which tensor lies in which file.
private struct ShardIndex {
    private struct Contents: Decodable {
        var weightMap: [String: String]
        enum CodingKeys: String, CodingKey { case weightMap = "weight_map" }
    }

    private let path: String
    private let shards: [String: Set<String>]

    init(at url: URL) throws {
        path = url.path(percentEncoded: false)
        let contents: Contents
        do {
            contents = try JSONDecoder().decode(Contents.self, from: InputFile.data(at: url))
        } catch let error as DecodingError {
            throw ShardError.malformedIndex(path: path, reason: ErrorText.text(of: error))
        }
        guard !contents.weightMap.isEmpty else {
            throw ShardError.malformedIndex(path: path, reason: "weight_map is empty")
        }
        var shards: [String: Set<String>] = [:]
        for (tensor, shard) in contents.weightMap {
            // A shard is a file beside its index, so its name can have no folder in it.
            guard shard.hasSuffix(".safetensors"), !shard.hasPrefix("."),
                !shard.unicodeScalars.contains(where: { $0 == "/" || $0 == "\\" || $0 == "\0" })
            else {
                throw ShardError.unsafeName(path: path, tensor: tensor, shard: shard)
            }
            shards[shard, default: []].insert(tensor)
        }
        self.shards = shards
    }

    func open(in folder: URL) throws -> [SafetensorsFile] {
        try shards.sorted { $0.key < $1.key }.map { name, tensors in
            let url = folder.appending(path: name)
            guard FileManager.default.fileExists(atPath: url.path(percentEncoded: false)) else {
                throw ShardError.missingShard(path: path, shard: name)
            }
            let file = try SafetensorsFile(at: url)
            let present = Set(file.tensors.map(\.name))
            if let missing = tensors.subtracting(present).min() {
                throw ShardError.missingTensor(name: missing, path: url.path(percentEncoded: false))
            }
            if let surplus = present.subtracting(tensors).min() {
                throw ShardError.unlistedTensor(path: path, tensor: surplus, shard: name)
            }
            return file
        }
    }
}

/// Why the shards of a checkpoint do not fit together.
package enum ShardError: Error, Hashable, CustomStringConvertible {
    /// The index cannot be read.
    case malformedIndex(path: String, reason: String)
    /// The index names a file outside its folder.
    case unsafeName(path: String, tensor: String, shard: String)
    /// The index names a file that is not there.
    case missingShard(path: String, shard: String)
    /// A tensor is not where it should be.
    case missingTensor(name: String, path: String)
    /// A shard holds a tensor that the index does not place there.
    case unlistedTensor(path: String, tensor: String, shard: String)

    /// What is wrong, in which file, and what was expected.
    package var description: String {
        switch self {
        case .malformedIndex(let path, let reason):
            "\(path): \(reason); expected {\"weight_map\": {TENSOR: FILE, …}}"
        case .unsafeName(let path, let tensor, let shard):
            "\(path): tensor '\(tensor)' is said to be in '\(shard)'; "
                + "expected the plain name of a .safetensors file beside the index"
        case .missingShard(let path, let shard):
            "\(path) names the shard '\(shard)', which is not there; copy the checkpoint again"
        case .missingTensor(let name, let path):
            "\(path) has no tensor '\(name)'"
        case .unlistedTensor(let path, let tensor, let shard):
            "\(path) does not place the tensor '\(tensor)' in '\(shard)', which holds it; "
                + "the shards may be of different checkpoints"
        }
    }
}
