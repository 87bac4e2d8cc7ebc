import Checkpointing
import Foundation
import Kernels

/// A checkpoint whose tensors are not those of its configuration.
package enum CheckpointError: Error, Hashable, CustomStringConvertible {
    /// Tensors that the configuration asks for are not there.
    case missingTensors(path: String, names: [String])
    /// Tensors are there that the configuration has no place for.
    case unknownTensors(path: String, names: [String])
    /// A tensor has another shape than the configuration asks for.
    case wrongShape(path: String, name: String, found: [Int], expected: [Int])

    package var description: String {
        switch self {
        case .missingTensors(let path, let names):
            "\(path) lacks \(Self.list(names)), which its config.json asks for"
        case .unknownTensors(let path, let names):
            "\(path) holds \(Self.list(names)), for which its config.json has no place"
        case .wrongShape(let path, let name, let found, let expected):
            "\(path): '\(name)' has the shape \(found); its config.json asks for \(expected)"
        }
    }

    private static func list(_ names: [String]) -> String {
        let shown = names.prefix(3).map { "'\($0)'" }.joined(separator: ", ")
        return names.count > 3 ? "\(shown) and \(names.count - 3) more tensors" : shown
    }
}

extension TransformerModel {
    /// Loads a checkpoint folder in the Hugging Face form.
    ///
    /// Tensors may be stored as F32, F16 or BF16, in one file or in shards. Rotary tables, which
    /// some old checkpoints carry, and the copy of a tied head are passed over.
    ///
    /// - Throws: `ConfigurationError`, `CheckpointError` and the errors of safetensors files.
    package convenience init(at folder: URL) throws {
        self.init(zeros: try ModelConfiguration(in: folder))
        let tensors = try TensorCollection(at: folder)
        let path = folder.path(percentEncoded: false)
        let missing = layout.entries.filter { tensors.description(of: $0.name) == nil }
        guard missing.isEmpty else {
            throw CheckpointError.missingTensors(path: path, names: missing.map(\.name))
        }
        let unknown = tensors.tensors.map(\.name).filter { name in
            layout.entry(named: name) == nil && !name.hasSuffix("rotary_emb.inv_freq")
                && !(configuration.tiedEmbeddings && name == ParameterRole.head.hubName)
        }
        guard unknown.isEmpty else {
            throw CheckpointError.unknownTensors(path: path, names: unknown)
        }
        for entry in layout.entries {
            guard let stored = tensors.description(of: entry.name) else { continue }
            guard stored.shape == entry.shape else {
                throw CheckpointError.wrongShape(
                    path: path,
                    name: entry.name,
                    found: stored.shape,
                    expected: entry.shape
                )
            }
            try tensors.readFloats(of: entry.name, into: parameters[entry.range])
        }
    }

    /// Writes `config.json`, `generation_config.json` and `model.safetensors` into a folder.
    ///
    /// The caller makes the folder, atomically where it matters.
    ///
    /// - Throws: Errors of writing; a file that exists is not overwritten.
    package func write(to folder: URL) throws {
        try AtomicFile.write(
            configuration.hubJSON(),
            to: folder.appending(path: HubFields.fileName)
        )
        let generation: [String: Any] = [
            "bos_token_id": Int(configuration.beginningOfSequence),
            "eos_token_id": Int(configuration.endOfSequence),
        ]
        try AtomicFile.write(
            JSONSerialization.data(
                withJSONObject: generation,
                options: [.prettyPrinted, .sortedKeys]
            ),
            to: folder.appending(path: "generation_config.json")
        )
        try SafetensorsWriter.write(
            layout.entries.map {
                try TensorDescription(name: $0.name, elementType: .float32, shape: $0.shape)
            },
            to: folder.appending(path: TensorCollection.fileName)
        ) { tensor, emit in
            guard let view = parameters(named: tensor.name) else { return }
            try view.withUnsafeBytes(emit)
        }
    }
}
