import Checkpointing
import Foundation
import Transformer

/// A checkpoint that takes part in a merge, and the name under which it does.
package struct MergeInput: Hashable, Sendable {
    /// The part it plays: `language`, `math`, `base`.
    package let name: String
    /// The checkpoint folder.
    package let folder: URL

    /// Names a checkpoint.
    package init(name: String, folder: URL) {
        self.name = name
        self.folder = folder
    }

    /// The folder with the configuration of a model: its own, or for a LoRA adapter that of the base.
    ///
    /// - Parameter inputs: All models of the merge.
    /// - Returns: A folder with `config.json`.
    /// - Throws: `AdapterError.withoutBase`.
    package func modelFolder(among inputs: [MergeInput]) throws -> URL {
        guard AdapterConfiguration.isAdapter(folder) else { return folder }
        guard let base = inputs.first(where: { $0.name == LayerSwap.base }),
            !AdapterConfiguration.isAdapter(base.folder)
        else {
            throw AdapterError.withoutBase(
                input: name,
                path: folder.path(percentEncoded: false)
            )
        }
        return base.folder
    }
}

/// An opened checkpoint whose tensors are exactly those of its configuration.
struct MergeModel: Sendable {
    /// Files beside the weights that belong to a model, in the order in which they are listed.
    static let companions = [
        HubFields.fileName, "generation_config.json", "tokenizer.model", "tokenizer.json",
        "tokenizer_config.json", "special_tokens_map.json", "added_tokens.json",
        "vocab.json", "merges.txt", "chat_template.jinja",
    ]
    /// Files that say what a token is; the first one that any of the models has is compared.
    static let tokenizers = ["tokenizer.model", "tokenizer.json", "vocab.json"]

    let name: String
    /// The folder that was given.
    let folder: URL
    /// The folder with configuration, tokenizer and weights; the base's when an adapter was given.
    let modelFolder: URL
    /// What was given in place of a whole model.
    let adapter: LowRankAdapter?
    let architecture: CheckpointArchitecture
    let tensors: TensorCollection

    /// Opens a checkpoint for reading and checks its tensors against its configuration.
    ///
    /// Tensors that nobody needs may be there too: frequencies of rotary positions, and the head
    /// of a tied model where it is the embedding matrix byte for byte.
    ///
    /// - Parameters:
    ///   - input: The checkpoint, or a LoRA adapter.
    ///   - inputs: All models of the merge, the base of an adapter among them.
    /// - Throws: `MergeError`, `AdapterError`, and errors of reading.
    init(_ input: MergeInput, among inputs: [MergeInput]) throws {
        name = input.name
        folder = input.folder
        modelFolder = try input.modelFolder(among: inputs)
        architecture = try CheckpointArchitecture(in: modelFolder)
        tensors = try TensorCollection(at: modelFolder)
        adapter =
            modelFolder == folder ? nil : try LowRankAdapter(in: folder, of: architecture)
        let path = modelFolder.path(percentEncoded: false)
        let missing = architecture.tensors.map(\.name).filter {
            tensors.description(of: $0) == nil
        }
        guard missing.isEmpty else {
            throw MergeError.missingTensors(input: name, path: path, names: missing)
        }
        let known = Set(architecture.tensors.map(\.name))
        let surplus = try tensors.tensors.map(\.name).filter {
            try !known.contains($0) && !CheckpointArchitecture.isDerived($0)
                && !Self.isRepeatedHead($0, architecture, tensors)
        }
        guard surplus.isEmpty else {
            throw MergeError.surplusTensors(input: name, path: path, names: surplus)
        }
        for tensor in architecture.tensors {
            guard let stored = tensors.description(of: tensor.name), stored.shape != tensor.shape
            else { continue }
            throw MergeError.shape(
                input: name,
                path: path,
                tensor: tensor.name,
                found: stored.shape,
                expected: tensor.shape
            )
        }
    }

    private static func isRepeatedHead(
        _ name: String,
        _ architecture: CheckpointArchitecture,
        _ tensors: TensorCollection
    ) throws -> Bool {
        guard architecture.tiedHead, name == CheckpointArchitecture.headName else { return false }
        return try tensors.withBytes(of: name) { head in
            try tensors.withBytes(of: CheckpointArchitecture.embeddingsName) { embeddings in
                head.hasSameBytes(as: embeddings)
            }
        }
    }

    /// The files that make up the model, weights first; training state does not belong to them.
    ///
    /// Those of an adapter are its own; the base is a model of the merge too.
    var files: [URL] {
        adapter.map { $0.tensors.files + [folder.appending(path: AdapterConfiguration.fileName)] }
            ?? tensors.files + companionFiles
    }

    /// The files beside the weights.
    var companionFiles: [URL] {
        Self.companions.map { modelFolder.appending(path: $0) }.filter {
            FileManager.default.fileExists(atPath: $0.path(percentEncoded: false))
        }
    }

    /// Checks that a second model can be merged with this one.
    ///
    /// - Throws: `MergeError` when shape or tokenizer differ, naming what does.
    func check(against other: MergeModel) throws {
        for own in architecture.settings {
            let foreign = other.architecture.settings.first { $0.key == own.key }
            guard own != foreign else { continue }
            throw MergeError.configuration(
                key: own.key,
                first: side(own.value),
                second: other.side(foreign?.value ?? "missing")
            )
        }
        for file in Self.tokenizers {
            let own = try hash(of: file)
            let foreign = try other.hash(of: file)
            guard own == foreign else {
                throw MergeError.tokenizer(
                    file: file,
                    first: side(own.map { "\($0.hexadecimal.prefix(12))…" } ?? "missing"),
                    second: other.side(foreign.map { "\($0.hexadecimal.prefix(12))…" } ?? "missing")
                )
            }
            if own != nil { return }
        }
    }

    /// Lends a stored tensor.
    func withSource<Result>(
        of tensor: String,
        _ body: (SourceTensor) throws -> Result
    ) throws -> Result {
        let type = elementType(of: tensor)
        return try tensors.withBytes(of: tensor) { bytes in
            guard let module = adapter?.modules[tensor] else {
                return try body(.stored(bytes, type))
            }
            return try body(.adapted(bytes, type, module.factors))
        }
    }

    /// The type in which a tensor is stored.
    func elementType(of tensor: String) -> ElementType {
        tensors.description(of: tensor)?.elementType ?? .float32
    }

    func side(_ value: String) -> MergeError.Side { MergeError.Side(input: name, value: value) }

    private func hash(of file: String) throws -> ContentHash? {
        let url = modelFolder.appending(path: file)
        guard FileManager.default.fileExists(atPath: url.path(percentEncoded: false)) else {
            return nil
        }
        return try ContentHash.of(file: url)
    }
}

extension UnsafeRawBufferPointer {
    /// Whether both have the same bytes.
    func hasSameBytes(as other: UnsafeRawBufferPointer) -> Bool {
        guard count == other.count else { return false }
        guard let own = baseAddress, let foreign = other.baseAddress else { return true }
        // Both ends were just found to be the same, so that memcmp stays inside.
        return memcmp(own, foreign, count) == 0
    }
}
