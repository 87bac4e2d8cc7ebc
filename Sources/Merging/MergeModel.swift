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
}

/// An opened checkpoint whose tensors are exactly those of its configuration.
struct MergeModel: Sendable {
    /// Files beside the weights that belong to a model, in the order in which they are listed.
    static let companions = [
        "config.json", "generation_config.json", "tokenizer.model", "tokenizer.json",
        "tokenizer_config.json", "special_tokens_map.json", "added_tokens.json",
        "chat_template.jinja",
    ]
    /// Files that say what a token is; the first one that any of the models has is compared.
    static let tokenizers = ["tokenizer.model", "tokenizer.json"]

    let name: String
    let folder: URL
    let configuration: ModelConfiguration
    let tensors: TensorCollection

    /// Opens a checkpoint for reading and checks its tensors against its configuration.
    init(_ input: MergeInput) throws {
        name = input.name
        folder = input.folder
        configuration = try ModelConfiguration(in: folder)
        tensors = try TensorCollection(at: folder)
        let path = folder.path(percentEncoded: false)
        let layout = ParameterLayout(configuration)
        let missing = layout.entries.map(\.name).filter { tensors.description(of: $0) == nil }
        guard missing.isEmpty else {
            throw MergeError.missingTensors(input: name, path: path, names: missing)
        }
        let surplus = tensors.tensors.map(\.name).filter { layout.entry(named: $0) == nil }
        guard surplus.isEmpty else {
            throw MergeError.surplusTensors(input: name, path: path, names: surplus)
        }
        for entry in layout.entries {
            guard let stored = tensors.description(of: entry.name), stored.shape != entry.shape
            else { continue }
            throw MergeError.shape(
                input: name,
                path: path,
                tensor: entry.name,
                found: stored.shape,
                expected: entry.shape
            )
        }
    }

    /// The files that make up the model, weights first; training state does not belong to them.
    var files: [URL] { tensors.files + companionFiles }

    /// The files beside the weights.
    var companionFiles: [URL] {
        Self.companions.map { folder.appending(path: $0) }.filter {
            FileManager.default.fileExists(atPath: $0.path(percentEncoded: false))
        }
    }

    /// Checks that a second model can be merged with this one.
    ///
    /// - Throws: `MergeError` when shape or tokenizer differ, naming what does.
    func check(against other: MergeModel) throws {
        let mine = Mirror(reflecting: configuration).children
        let theirs = Mirror(reflecting: other.configuration).children
        for (own, foreign) in zip(mine, theirs) {
            let key = own.label ?? ""
            // How weights were drawn before training says nothing about the trained model.
            guard key != "initializerRange", "\(own.value)" != "\(foreign.value)" else { continue }
            throw MergeError.configuration(
                key: key,
                first: side("\(own.value)"),
                second: other.side("\(foreign.value)")
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

    func side(_ value: String) -> MergeError.Side { MergeError.Side(input: name, value: value) }

    private func hash(of file: String) throws -> ContentHash? {
        let url = folder.appending(path: file)
        guard FileManager.default.fileExists(atPath: url.path(percentEncoded: false)) else {
            return nil
        }
        return try ContentHash.of(file: url)
    }
}
