import Foundation
import Foundations

/// How an output of LayerSwap is recognized.
package struct OutputMark: Sendable {
    /// What it is, in words: `a merged model`.
    let name: String
    /// What keeps the thing at a place from being one, in words; nil when it is one.
    package let objection: @Sendable (URL) throws -> String?

    /// Describes a kind of output.
    package init(_ name: String, objection: @escaping @Sendable (URL) throws -> String?) {
        self.name = name
        self.objection = objection
    }

    /// A file of ours, recognized by its contents.
    package static func file(
        _ name: String,
        _ isOne: @escaping @Sendable (Data) -> Bool
    ) -> OutputMark {
        OutputMark(name) { url in
            guard let data = try? InputFile.data(at: url) else {
                return "it cannot be read"
            }
            return data.isEmpty || isOne(data) ? nil : "it is not \(name) written by LayerSwap"
        }
    }

    /// A folder whose `provenance.json` says that LayerSwap has made it, and that holds no other
    /// files than those that the record lists, with the bytes that it lists.
    ///
    /// - Parameters:
    ///   - name: What it is, in words.
    ///   - stage: The command that makes such folders, as records name it.
    ///   - companions: Names of files that older records do not list.
    ///   - nested: The name of a folder in it that may hold more folders of the same kind.
    /// - Returns: The mark.
    package static func folder(
        _ name: String,
        stage: String,
        companions: Set<String>,
        nested: String? = nil
    ) -> OutputMark {
        let kind = FolderKind(name: name, stage: stage, companions: companions, nested: nested)
        return OutputMark(name) { try kind.objection(to: $0) }
    }

    /// Whether a file is one, and no link.
    static func isPlainFile(_ url: URL) -> Bool { kind(of: url) == S_IFREG }

    /// Whether a folder is one, and no link.
    static func isPlainFolder(_ url: URL) -> Bool { kind(of: url) == S_IFDIR }

    private static func kind(of url: URL) -> mode_t? {
        var status = stat()
        return lstat(url.plainPath, &status) == 0 ? status.st_mode & S_IFMT : nil
    }
}

/// Folders that one command of LayerSwap makes.
private struct FolderKind: Sendable {
    let name: String
    let stage: String
    let companions: Set<String>
    let nested: String?

    /// What keeps a folder from being one, in words; nil when it is one.
    func objection(to folder: URL) throws -> String? {
        let names = try FileManager.default.contentsOfDirectory(atPath: folder.plainPath)
        guard names.contains(Provenance.fileName) else {
            // The record is missed in so many words below; a name says more.
            let stranger = names.sorted().first { !companions.contains($0) } ?? names.first
            return "it has no \(Provenance.fileName) of LayerSwap"
                + (stranger.map { ", and holds \($0)" } ?? "")
        }
        guard OutputMark.isPlainFile(folder.appending(path: Provenance.fileName)),
            let record = try? Provenance(in: folder)
        else { return "its \(Provenance.fileName) is no record of LayerSwap" }
        guard record.tool == Provenance.toolName else {
            return "its \(Provenance.fileName) says that \(record.tool) wrote it"
        }
        guard record.stage == stage, !names.contains("stage.json") else {
            return "it is the result of the stage \(record.stage) of a run, and not \(name)"
        }
        return try stranger(in: folder, names, record.outputs ?? [])
    }

    private func stranger(
        in folder: URL,
        _ names: [String],
        _ outputs: [Provenance.Input]
    ) throws -> String? {
        let recorded = Dictionary(
            outputs.map { ($0.path, $0.hash) },
            uniquingKeysWith: { first, _ in first }
        )
        for name in names.sorted() where name != Provenance.fileName {
            let file = folder.appending(path: name)
            if name == nested, OutputMark.isPlainFolder(file) {
                if let objection = try objection(toAll: file) { return objection }
                continue
            }
            guard recorded[name] != nil || companions.contains(name),
                OutputMark.isPlainFile(file)
            else {
                return "\(name) in it was not written by LayerSwap"
            }
            if let hash = recorded[name], try ContentHash.of(file: file) != hash {
                return "\(name) in it was changed after LayerSwap had written it"
            }
        }
        return nil
    }

    /// What keeps the folders in a folder from being of this kind.
    private func objection(toAll folder: URL) throws -> String? {
        for name in try FileManager.default.contentsOfDirectory(atPath: folder.plainPath).sorted() {
            let inside = folder.appending(path: name)
            guard OutputMark.isPlainFolder(inside) else {
                return "\(folder.lastPathComponent)/\(name) in it was not written by LayerSwap"
            }
            if let objection = try objection(to: inside) {
                return "of \(folder.lastPathComponent)/\(name): \(objection)"
            }
        }
        return nil
    }
}
