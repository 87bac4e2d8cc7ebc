import Checkpointing
import Foundation
import Foundations

/// Where the model of a stage lies that was not trained, and what it held: `checkpoint.json`.
///
/// The folder of the stage has links to the files, so that everything that reads models reads it;
/// the files themselves are neither copied nor changed.
package struct CheckpointReference: Codable, Hashable, Sendable {
    /// The name of the file.
    package static let fileName = "checkpoint.json"

    /// One file of the model.
    package struct File: Codable, Hashable, Sendable {
        /// Its size in bytes.
        package var size: Int64
        /// When it was changed last, in nanoseconds since 1970.
        package var modified: Int64
        /// The hash of its bytes.
        package var hash: ContentHash
    }

    /// What has become of a model since a run took it.
    package struct Changed: Error, Hashable, CustomStringConvertible {
        /// The folder of the stage.
        package let stage: String
        /// The file.
        package let file: String
        /// What is different.
        package let reason: String

        package var description: String {
            "\(file) \(reason) since \(stage) was made from it, and with it the other models of that "
                + "run; put the file back as it was, or run the recipe again with --force, or into "
                + "another folder with --set output=FOLDER"
        }
    }

    /// The folder of the model.
    package let folder: String
    /// Its files by name: weights, configuration and tokenizer.
    package let files: [String: File]

    /// The hash of all files by name, in which the folder and the dates have no part.
    package var hash: ContentHash { Self.hash(of: files) }

    /// The hash of the files that say how text becomes tokens.
    package var tokenizerHash: ContentHash {
        Self.hash(of: files.filter { Self.tokenizerFiles.contains($0.key) })
    }

    private static func hash(of files: [String: File]) -> ContentHash {
        let lines = files.sorted { $0.key < $1.key }.map { "\($0.key) \($0.value.hash)\n" }
        return ContentHash.of(text: lines.joined())
    }

    /// The files that say how text becomes tokens, and how a model is asked.
    private static let tokenizerFiles = [
        "tokenizer.model", "tokenizer.json", "tokenizer_config.json", "special_tokens_map.json",
        "added_tokens.json", "vocab.json", "merges.txt", "chat_template.jinja",
        "chat_template.json", "generation_config.json",
    ]

    /// Whether a file belongs to a model.
    private static func isPart(_ name: String) -> Bool {
        tokenizerFiles.contains(name) || hasWeights(name)
            || ["config.json", "model.safetensors.index.json"].contains(name)
    }

    private static func hasWeights(_ name: String) -> Bool { name.hasSuffix(".safetensors") }

    /// Looks at a folder and hashes its files.
    ///
    /// - Parameters:
    ///   - folder: The folder of a model.
    ///   - known: What was found earlier; a file of the same size and date is not read again.
    /// - Throws: `FileError`; `FolderError.wrongKind` for a folder without a model.
    package init(of folder: URL, known: CheckpointReference? = nil) throws {
        let path = folder.standardizedFileURL.plainPath
        let earlier = known?.folder == path ? known?.files ?? [:] : [:]
        var files: [String: File] = [:]
        for name in try Folder.names(in: folder) where Self.isPart(name) {
            let url = folder.appending(path: name)
            guard let (size, modified) = Self.stamp(of: url) else { continue }
            if let file = earlier[name], file.size == size, file.modified == modified {
                files[name] = file
            } else {
                files[name] = File(
                    size: size,
                    modified: modified,
                    hash: try ContentHash.of(file: url)
                )
            }
        }
        guard files["config.json"] != nil, files.keys.contains(where: Self.hasWeights) else {
            throw FolderError.wrongKind(
                path: folder.shownPath,
                found: "a folder without config.json or without safetensors",
                expected: "the folder of a model, as transformers writes it"
            )
        }
        self.folder = path
        self.files = files
    }

    /// The size and the date of a file; nil when it is not there.
    private static func stamp(of url: URL) -> (size: Int64, modified: Int64)? {
        var status = stat()
        guard stat(url.plainPath, &status) == 0, status.st_mode & S_IFMT == S_IFREG else {
            return nil
        }
        let seconds = Int64(status.st_mtim.tv_sec)
        return (Int64(status.st_size), seconds * 1_000_000_000 + Int64(status.st_mtim.tv_nsec))
    }

    /// What a stage's folder refers to; nil when its model is its own.
    ///
    /// - Throws: `DamagedFile`, `FileError`.
    package static func existing(in stage: URL) throws -> CheckpointReference? {
        let file = stage.appending(path: fileName)
        guard InputFile.exists(file) else { return nil }
        return try InputFile.json(
            Self.self,
            at: file,
            expected: "what 'layerswap run' writes of a checkpoint; run the recipe again"
        )
    }

    /// Refuses a stage's folder whose model is no longer what it was.
    ///
    /// - Throws: `Changed`, `DamagedFile`, `FileError`.
    package static func check(_ stage: URL) throws {
        guard let reference = try existing(in: stage) else { return }
        let folder = URL(filePath: reference.folder)
        for (name, file) in reference.files.sorted(by: { $0.key < $1.key }) {
            let url = folder.appending(path: name)
            func changed(_ reason: String) -> Changed {
                Changed(stage: stage.shownPath, file: url.shownPath, reason: reason)
            }
            guard let (size, modified) = stamp(of: url) else { throw changed("is gone") }
            // A copy of the same bytes has another date.
            guard size == file.size,
                try modified == file.modified || ContentHash.of(file: url) == file.hash
            else { throw changed("has changed") }
        }
    }

    /// Writes the record and the links into the folder of a stage that is being made.
    ///
    /// - Throws: `FileError`, or what the system says of a link.
    package func write(in stage: URL) throws {
        for name in files.keys.sorted() {
            try FileManager.default.createSymbolicLink(
                at: stage.appending(path: name),
                withDestinationURL: URL(filePath: folder).appending(path: name)
            )
        }
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
        try AtomicFile.write(
            encoder.encode(self) + Data("\n".utf8),
            to: stage.appending(path: Self.fileName)
        )
    }
}

extension RunStore {
    /// The folder of a model, which is what it was when the run took it.
    ///
    /// - Throws: `CheckpointReference.Changed`, and errors of its record.
    package func modelFolder(of stage: String) throws -> URL {
        let folder = folder(of: stage)
        try CheckpointReference.check(folder)
        return folder
    }
}
