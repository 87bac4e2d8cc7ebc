import Checkpointing
import Foundation
import Kernels
import Synchronization
import Transformer

extension MergeExecutor {
    /// The hashes of what was read and made.
    private struct Hashes: Sendable {
        var inputs: [Provenance.Input]
        var outputs: [Provenance.Input]
    }

    /// Hashes all files of the models and the weight files, several at the same time.
    private func hashes(
        of written: [String],
        in folder: URL,
        _ progress: (MergeProgress) throws -> Void
    ) throws -> Hashes {
        let inputs = models.flatMap { model in
            model.files.map { file in
                HashedFile(
                    name: "\(model.name)/\(file.lastPathComponent)",
                    path: file.path(percentEncoded: false),
                    url: file
                )
            }
        }
        let outputs = written.map {
            HashedFile(name: $0, path: $0, url: folder.appending(path: $0))
        }
        let files = inputs + outputs
        let bytes = files.map(\.byteCount)
        try progress(
            MergeProgress(
                step: .hashing,
                name: "\(files.count) files",
                doneBytes: 0,
                totalBytes: bytes.reduce(0, +)
            )
        )
        // Long files first, and whoever is free takes the next one.
        let order = files.indices.sorted { (bytes[$1], $0) < (bytes[$0], $1) }
        let next = Mutex(0)
        let results = Mutex([ContentHash?](repeating: nil, count: files.count))
        let failure = FirstFailure()
        workspace.pool.perform(count: workspace.pool.threadCount) { _ in
            while true {
                let position = next.withLock { number in
                    defer { number += 1 }
                    return number
                }
                guard position < order.count else { return }
                let index = order[position]
                failure.record {
                    let hash = try ContentHash.of(file: files[index].url)
                    results.withLock { $0[index] = hash }
                }
            }
        }
        try failure.rethrow()
        let records = zip(files, results.withLock { $0 }).compactMap { file, hash in
            hash.map { Provenance.Input(name: file.name, path: file.path, hash: $0) }
        }
        return Hashes(
            inputs: Array(records.prefix(inputs.count)),
            outputs: Array(records.dropFirst(inputs.count))
        )
    }

    private struct HashedFile: Sendable {
        let name: String
        let path: String
        let url: URL

        var byteCount: Int {
            let attributes = try? FileManager.default.attributesOfItem(
                atPath: url.path(percentEncoded: false)
            )
            return (attributes?[.size] as? NSNumber)?.intValue ?? 0
        }
    }

    /// Writes the model card and `provenance.json` of a merged folder.
    ///
    /// - Parameters:
    ///   - written: The names of the weight files.
    ///   - folder: The folder that they are in.
    ///   - version: The version of the program.
    ///   - progress: Called before files are hashed.
    /// - Returns: The weight files with their hashes.
    /// - Throws: `FileError`, and what `progress` throws.
    func writeRecords(
        of written: [String],
        in folder: URL,
        version: String,
        _ progress: (MergeProgress) throws -> Void
    ) throws -> [Provenance.Input] {
        let hashes = try hashes(of: written, in: folder, progress)
        try AtomicFile.write(
            Data(modelCard(version: version).utf8),
            to: folder.appending(path: "README.md")
        )
        try provenance(version: version, hashes: hashes).write(in: folder)
        return hashes.outputs
    }

    private func provenance(version: String, hashes: Hashes) throws -> Provenance {
        Provenance(
            version: version,
            stage: "merge",
            inputs: hashes.inputs,
            recipe: try MergeRecord(self).text(),
            outputs: hashes.outputs
        )
    }

    /// Copies configuration and tokenizer of the first model; the configuration names the type in
    /// which the weights are stored.
    func writeCompanions(in folder: URL) throws {
        for file in models[0].companionFiles {
            let copy = folder.appending(path: file.lastPathComponent)
            // Read through links, so that the output stands alone.
            let contents = try Data(contentsOf: file)
            let isConfiguration = file.lastPathComponent == HubFields.fileName
            try AtomicFile.write(isConfiguration ? retyped(contents) : contents, to: copy)
        }
    }

    /// The configuration with the stored type that was asked for; as it is when none was.
    private func retyped(_ configuration: Data) throws -> Data {
        guard let type = storage.elementType, let name = Self.torchNames[type],
            var values = try JSONSerialization.jsonObject(with: configuration) as? [String: Any]
        else { return configuration }
        // Newer versions of transformers write `dtype`.
        let key = values["dtype"] != nil ? "dtype" : "torch_dtype"
        guard values[key] as? String != name else { return configuration }
        values[key] = name
        return try JSONSerialization.data(
            withJSONObject: values,
            options: [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
        )
    }

    /// Stored types as PyTorch names them.
    private static let torchNames: [ElementType: String] = [
        .float64: "float64", .float32: "float32", .float16: "float16", .bfloat16: "bfloat16",
    ]

    /// The `README.md` of the merged folder, as the Hugging Face hub shows it.
    private func modelCard(version: String) -> String {
        let inputs = models.map { "| `\($0.name)` | \($0.folder.lastPathComponent) |" }
        return """
            ---
            tags:
            - merge
            - layerswap
            ---
            # \(plan.method.name) of \(models.map(\.name).joined(separator: " and "))

            Made by LayerSwap \(version), without training: \(plan.method.summary).

            | model | folder |
            | --- | --- |
            \(inputs.joined(separator: "\n"))

            ```text
            \(plan.lines().joined(separator: "\n"))
            ```

            `provenance.json` has the settings and the SHA-256 of every file that was read and
            written. `layerswap merge --verify FOLDER` merges again and compares.

            """
    }
}
