import Checkpointing
import Foundation
import Foundations
import Synchronization

extension MergeExecutor {
    /// The hashes of what was read and made.
    private struct Hashes: Sendable {
        var inputs: [Provenance.Input]
        var outputs: [Provenance.Input]
    }

    /// Hashes all files of the models and of the merged folder, several at the same time.
    private func hashes(
        of written: [String],
        in folder: URL,
        _ progress: (MergeProgress) throws -> Void
    ) throws -> Hashes {
        let inputs = try models.flatMap { model in
            try model.files.map { file in
                try HashedFile(
                    name: "\(model.name)/\(file.lastPathComponent)",
                    path: model.recordedPath(of: file),
                    url: file
                )
            }
        }
        let outputs = try written.map {
            try HashedFile(name: $0, path: $0, url: folder.appending(path: $0))
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
        // Long files first; a free thread takes the next one.
        let order = files.indices.sorted { (bytes[$1], $0) < (bytes[$0], $1) }
        let next = Mutex(0)
        let results = Mutex([Result<ContentHash, any Error>?](repeating: nil, count: files.count))
        workspace.pool.perform(count: workspace.pool.threadCount) { _ in
            while true {
                let position = next.withLock { number in
                    defer { number += 1 }
                    return number
                }
                guard position < order.count else { return }
                let index = order[position]
                let hash = Result { try ContentHash.of(file: files[index].url) }
                results.withLock { $0[index] = hash }
            }
        }
        let records = try zip(files, results.withLock { $0 }).map { file, hash in
            guard let hash = try hash?.get() else {
                throw MergeError.contradiction(what: "'\(file.path)' was not hashed")
            }
            return Provenance.Input(name: file.name, path: file.path, hash: hash)
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
        let byteCount: Int

        init(name: String, path: String, url: URL) throws {
            self.name = name
            self.path = path
            self.url = url
            var status = stat()
            let file = url.path(percentEncoded: false)
            guard stat(file, &status) == 0 else {
                throw FileError(operation: "evaluate", path: file, code: errno)
            }
            byteCount = Int(status.st_size)
        }
    }

    /// The command, as `provenance.json` names it.
    static let recordedStage = "merge"
    /// The description of a merged folder, as the Hugging Face hub shows it.
    static let modelCardName = "README.md"
    /// The folder of the other merges in a merged model that is made of several.
    package static let otherMergesName = "merges"

    /// Writes the model card and `provenance.json` of a merged folder, which lists every file.
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
        try AtomicFile.write(
            Data(modelCard(version: version).utf8),
            to: folder.appending(path: Self.modelCardName)
        )
        let names = try FileManager.default.contentsOfDirectory(atPath: folder.plainPath)
        // Merges that this one was made from have records of their own.
        let others = Set(names).subtracting(written + [Self.otherMergesName]).sorted()
        let hashes = try hashes(of: written + others, in: folder, progress)
        try provenance(version: version, hashes: hashes).write(in: folder)
        return Array(hashes.outputs.prefix(written.count))
    }

    private func provenance(version: String, hashes: Hashes) throws -> Provenance {
        Provenance(
            version: version,
            stage: Self.recordedStage,
            inputs: hashes.inputs,
            recipe: try MergeRecord(self).text(),
            outputs: hashes.outputs
        )
    }

    /// The `README.md` of the merged folder, as the Hugging Face hub shows it; it names folders and
    /// no paths, because it is what people publish.
    private func modelCard(version: String) -> String {
        let rows = models.map { model in
            let adapter = model.input.adapter.map { " + \($0.lastPathComponent)" } ?? ""
            return "| `\(model.name)` | \(HubCache.title(of: model.folder))\(adapter) |"
        }
        // A base that experts are only compared with is no part of the merge.
        let used = models.filter { plan.inputs.contains($0.name) }
        let names = used.map { plan.method.title(of: $0.name) }
        return """
            ---
            library_name: transformers
            \(baseModels(of: used))tags:
            - merge
            - layerswap
            ---
            # \(plan.method.name) of \(names.joined(separator: " and "))

            Made by LayerSwap \(version), without training: \(plan.method.summary).

            | model | folder |
            | --- | --- |
            \(rows.joined(separator: "\n"))

            ```text
            \(plan.lines().joined(separator: "\n"))
            ```

            `provenance.json` has the settings and the SHA-256 of every file that was read and
            written. `layerswap merge --verify FOLDER` merges again and compares.

            """
    }

    /// The line of the merged models' names on the hub, as far as they are known.
    private func baseModels(of models: [MergeModel]) -> String {
        let names = models.compactMap { HubCache.name(of: $0.folder) }
        guard !names.isEmpty else { return "" }
        return "base_model:\n" + names.map { "- \($0)\n" }.joined()
    }
}
