import Checkpointing
import Foundation
import MergeMethods
import Transformer

/// A checkpoint that takes part in a merge, and the name under which it does.
public struct MergeInput: Hashable, Sendable {
    /// The part it plays: `language`, `math`, `base`.
    public let name: String
    /// The checkpoint folder.
    public let folder: URL
    /// A LoRA adapter that changes the checkpoint; nil for the checkpoint as it is.
    public let adapter: URL?
    /// The path that records have in place of the folder's, seen from the merged folder.
    package let recordedPath: String?

    /// Names a checkpoint.
    package init(
        name: String,
        folder: URL,
        adapter: URL? = nil,
        recordedPath: String? = nil
    ) {
        self.name = name
        self.folder = folder
        self.adapter = adapter
        self.recordedPath = recordedPath
    }

    /// The folder with the configuration of a model: its own, or for a LoRA adapter that of the
    /// base.
    ///
    /// - Parameter inputs: All models of the merge.
    /// - Returns: A folder with `config.json`.
    /// - Throws: `AdapterError.withoutBase`.
    package func modelFolder(among inputs: [MergeInput]) throws -> URL {
        guard adapter == nil, AdapterConfiguration.isAdapter(folder) else { return folder }
        guard let base = inputs.first(where: { $0.name == ModelPart.base.name }),
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
        ConfigurationFields.fileName, "generation_config.json", "tokenizer.model", "tokenizer.json",
        "tokenizer_config.json", "special_tokens_map.json", "added_tokens.json",
        "vocab.json", "merges.txt", "chat_template.jinja",
    ]
    let name: String
    /// The folder that was given.
    let folder: URL
    /// The folder with configuration, tokenizer and weights; the base's when an adapter was given.
    let modelFolder: URL
    /// What was given in place of a whole model.
    let adapter: AdapterFolder?
    let architecture: CheckpointArchitecture
    let tensors: TensorCollection
    /// What was given.
    let input: MergeInput
    /// The names that tensors have here, by those which they have in the output, where layers move.
    var renames: [String: String] = [:]

    /// Opens a checkpoint for reading and checks its tensors against its configuration.
    ///
    /// Tensors that nobody needs may be there too: frequencies of rotary positions, and the head
    /// of a tied model where it is the embedding matrix, number for number.
    ///
    /// - Parameters:
    ///   - input: The checkpoint, or a LoRA adapter.
    ///   - inputs: All models of the merge, the base of an adapter among them.
    ///   - architectures: What is known of their configurations.
    /// - Throws: `MergeError`, `AdapterError`, and errors of reading.
    init(
        _ input: MergeInput,
        among inputs: [MergeInput],
        _ architectures: MergeArchitectures
    ) throws {
        self.input = input
        name = input.name
        folder = input.folder
        modelFolder = try input.modelFolder(among: inputs)
        architecture = try architectures.architecture(in: modelFolder)
        tensors = try TensorCollection(at: modelFolder)
        let adapterFolder = input.adapter ?? (modelFolder == folder ? nil : folder)
        adapter = try adapterFolder.map { [architecture] in
            try AdapterFolder(in: $0, of: architecture)
        }
        let path = modelFolder.path(percentEncoded: false)
        let known = Set(architecture.tensors.map(\.name))
        let names = tensors.tensors.map(\.name)
        let repair = TensorNameRepair(of: names, isKnown: known.contains)
        // A missing head is a matter of `tie_word_embeddings`, which has words of its own.
        let missing = architecture.tensors.map(\.name).filter {
            tensors.description(of: $0) == nil && $0 != TiedHead.headName
        }
        guard missing.isEmpty else {
            throw MergeError.missingTensors(
                input: name,
                path: path,
                names: missing,
                repair: repair
            )
        }
        let surplus = names.filter {
            !known.contains($0) && !CheckpointArchitecture.isDerived($0) && $0 != TiedHead.headName
        }
        guard surplus.isEmpty else {
            throw MergeError.surplusTensors(
                input: name,
                path: path,
                names: surplus,
                repair: repair
            )
        }
        try checkStored(path)
        try architecture.head?.check(tensors)
    }

    /// Checks shapes and stored types before a byte of any tensor is read.
    private func checkStored(_ path: String) throws {
        for tensor in architecture.tensors {
            guard let stored = tensors.description(of: tensor.name) else { continue }
            guard stored.shape == tensor.shape else {
                throw MergeError.shape(
                    input: name,
                    path: path,
                    tensor: tensor.name,
                    found: stored.shape,
                    expected: tensor.shape
                )
            }
            // Copied or computed: a model of whole numbers in the place of weights is none.
            guard stored.elementType.convertsToFloat else {
                throw MergeError.notNumbers(
                    tensor: tensor.name,
                    input: name,
                    path: path,
                    type: stored.elementType
                )
            }
        }
    }

    /// The files that make up the model, weights first; training state does not belong to them.
    ///
    /// Those of an adapter are its own; the base is a model of the merge too.
    var files: [URL] {
        let own = adapter.map {
            $0.tensors.files + [$0.folder.appending(path: AdapterConfiguration.fileName)]
        }
        guard input.adapter == nil else { return tensors.files + companionFiles + (own ?? []) }
        return own ?? tensors.files + companionFiles
    }

    /// The path of one of the files as records have it.
    func recordedPath(of file: URL) -> String {
        let path = file.path(percentEncoded: false)
        let folder = modelFolder.path(percentEncoded: false)
        guard let recorded = input.recordedPath, path.hasPrefix(folder) else { return path }
        return "\(recorded)/\(file.lastPathComponent)"
    }

    /// The files beside the weights.
    var companionFiles: [URL] {
        Self.companions.map { modelFolder.appending(path: $0) }.filter {
            FileManager.default.fileExists(atPath: $0.path(percentEncoded: false))
        }
    }

    /// Checks that a second model has the shape of this one, and computes in the same way.
    ///
    /// - Throws: `MergeError` when something differs, naming what does.
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
    }

    /// The name that a tensor of the output has here.
    func stored(_ tensor: String) -> String { renames[tensor] ?? tensor }

    /// Tells the kernel that a tensor will not be read again soon.
    func releasePages(of tensor: String) { tensors.releasePages(of: stored(tensor)) }

    /// Whether an adapter changes a tensor.
    func isAdapted(_ tensor: String) -> Bool { adapter?.modules[stored(tensor)] != nil }

    /// Lends a stored tensor.
    func withSource<Result>(
        of tensor: String,
        _ body: (SourceTensor) throws -> Result
    ) throws -> Result {
        let type = try elementType(of: tensor)
        return try tensors.withBytes(of: stored(tensor)) { bytes in
            guard let module = adapter?.modules[stored(tensor)] else {
                return try body(.stored(bytes, type))
            }
            return try body(.adapted(bytes, type, module.factors))
        }
    }

    /// The type in which a tensor is stored.
    ///
    /// - Throws: `MergeError.missingTensors`, where the model is not one that was opened here.
    func elementType(of tensor: String) throws -> ElementType {
        guard let description = tensors.description(of: stored(tensor)) else {
            throw MergeError.missingTensors(
                input: name,
                path: modelFolder.path(percentEncoded: false),
                names: [stored(tensor)],
                repair: nil
            )
        }
        return description.elementType
    }

    /// What is wrong with an element that was read as no finite number: it is stored so, or too
    /// large for the numbers that are computed with.
    ///
    /// - Throws: Errors of reading.
    func notFinite(_ tensor: String, _ element: Int) throws -> MergeError {
        let type = try elementType(of: tensor)
        let isStored = try tensors.withBytes(of: stored(tensor)) { bytes in
            let start = element * type.byteCount
            let own = UnsafeRawBufferPointer(rebasing: bytes[start..<start + type.byteCount])
            return ElementScan.firstNotFinite(in: own, as: type) != nil
        }
        let path = folder.path(percentEncoded: false)
        guard !isStored else {
            return .notFinite(tensor: tensor, element: element, input: name, path: path)
        }
        return .tooLarge(
            tensor: tensor,
            element: element,
            input: name,
            path: path,
            stored: "stored as \(type.rawValue)"
                + (isAdapted(tensor) ? " and changed by the adapter" : "")
        )
    }

    func side(_ value: String) -> MergeError.Side { MergeError.Side(input: name, value: value) }
}
