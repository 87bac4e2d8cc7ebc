import Checkpointing
import Foundation
import MergeMethods

extension MergeExecutor {
    /// Copies configuration and tokenizer of the first model, or the tokenizer of another one where
    /// the storage names one; the configuration names the type in which the weights are stored and
    /// how many layers there are.
    func writeCompanions(in folder: URL) throws {
        let donor = try storage.tokenizer.map { try model($0) } ?? models[0]
        let configurations = [ConfigurationFields.fileName, "generation_config.json"]
        let files =
            models[0].companionFiles.filter { configurations.contains($0.lastPathComponent) }
            + donor.companionFiles.filter { !configurations.contains($0.lastPathComponent) }
        for file in files {
            let name = file.lastPathComponent
            if name == ChatTemplateFile.name, storage.chatTemplate != nil { continue }
            // Read through links, so that the output stands alone.
            var contents = try InputFile.data(at: file)
            if name == ConfigurationFields.fileName { contents = try configuration(contents) }
            if name == ChatTemplateFile.tokenizerFile, let template = storage.chatTemplate {
                contents = try ChatTemplateFile.replaced(in: contents, by: template)
            }
            try AtomicFile.write(contents, to: folder.appending(path: name))
        }
        if let template = storage.chatTemplate {
            try AtomicFile.write(
                Data(template.utf8),
                to: folder.appending(path: ChatTemplateFile.name)
            )
        }
    }

    /// What kind each layer is, in newer configurations.
    private static let layerTypesKey = "layer_types"

    /// The configuration with the stored type that was asked for and the layers of the output; as
    /// it is when neither is new.
    private func configuration(_ contents: Data) throws -> Data {
        guard
            var values = try JSONSerialization.jsonObject(with: contents) as? [String: Any]
        else {
            throw MergeError.contradiction(what: "the configuration is no JSON object any more")
        }
        var isNew = false
        if let name = storage.elementType.flatMap({ Self.torchNames[$0] }) {
            // Newer versions of transformers write `dtype`.
            let key = values["dtype"] != nil ? "dtype" : "torch_dtype"
            if values[key] as? String != name {
                values[key] = name
                isNew = true
            }
        }
        if !plan.renames.isEmpty
            || plan.architecture.layerCount != models[0].architecture.layerCount
        {
            values[CheckpointArchitecture.layerCountKey] = plan.architecture.layerCount
            if let types = values[Self.layerTypesKey] as? [Any] {
                values[Self.layerTypesKey] = plan.sourceLayers.compactMap {
                    types.indices.contains($0) ? types[$0] : nil
                }
            }
            isNew = true
        }
        guard isNew else { return contents }
        return try JSONSerialization.data(
            withJSONObject: values,
            options: [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
        )
    }

    /// Stored types as PyTorch names them.
    private static let torchNames: [ElementType: String] = [
        .float64: "float64", .float32: "float32", .float16: "float16", .bfloat16: "bfloat16",
    ]
}
