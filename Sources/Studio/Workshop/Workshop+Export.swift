import Foundation
import Foundations
import MergeFiles
import Merging
import ModelConversion
import Recipes
import RunRecords

/// Taking a merge out of Studio: as text, or as a model.
extension Workshop {
    /// The forms in which a merge can leave.
    enum ExportForm: String, Decodable, Sendable {
        case recipe, mergekit, checkpoint, gguf
    }

    /// Writes a merge, or gives its text.
    ///
    /// Models go into the folder `studio` of the run, or of `Checkpoints`, under the name of the
    /// variant; nothing that is there is replaced.
    ///
    /// - Throws: `StudioError`, `RunLock.Taken`, errors of merges and of writing.
    func export(
        _ setting: JSONValue,
        as form: ExportForm,
        named name: String
    ) throws -> ExportMessage {
        let merge = try shape.merge(setting)
        if let problem = VariantRow.problem(ofName: name) {
            throw StudioError.name(name, problem: problem)
        }
        switch form {
        case .recipe:
            let text = try RecipeText.yaml(of: ["merges": [name: merge]])
            return ExportMessage(text: text, fileName: "\(name).yaml")
        case .mergekit:
            let text = try MergeTool(request(merge), threads: threads).mergekitConfiguration()
            return ExportMessage(text: text + "\n", fileName: "\(name).yaml")
        case .checkpoint:
            let folder = try place(name)
            try write(merge, to: folder)
            return ExportMessage(
                written: folder.shownPath,
                next: ShellText.command(["layerswap", "chat", folder.shownPath])
            )
        case .gguf:
            let file = try place("\(name).gguf")
            let folder = file.deletingLastPathComponent().appending(
                path: ".\(name)-\(ProcessInfo.processInfo.processIdentifier)"
            )
            defer { try? FileManager.default.removeItem(at: folder) }
            try write(merge, to: folder)
            _ = try ModelConversion.makeFile(at: file, from: folder, as: nil) { _ in }
            return ExportMessage(
                written: file.shownPath,
                next: ShellText.command(["llama-cli", "-m", file.shownPath])
            )
        }
    }

    private func request(_ merge: MergeSettings) throws -> MergeRequest {
        // The first gives configuration and tokenizer.
        let inputs = shape.inputs(of: merge).sorted { $0.key < $1.key }.compactMap { part, stage in
            material.folders[stage].map { MergeInput(name: part, folder: $0) }
        }
        return MergeRequest(merge.method, of: inputs)
    }

    private func write(_ merge: MergeSettings, to folder: URL) throws {
        _ = try MergeTool(request(merge), threads: threads)
            .write(to: folder, replacing: false) { _ in try Task.checkCancellation() }
    }

    /// The place of something that is written, whose folder is made.
    private func place(_ name: String) throws -> URL {
        let folder = try exportFolder()
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        let place = folder.appending(path: name)
        guard !FileManager.default.fileExists(atPath: place.path) else {
            throw StudioError.exists(place.shownPath)
        }
        return place
    }
}

extension Workshop {
    /// Where models go: into the run, or into `Checkpoints` where they come from elsewhere.
    private func exportFolder() throws -> URL {
        guard let run = material.run else {
            let places = RunCatalogue.standard.places
            return (places.first ?? URL(filePath: RunFolder.standardParent))
                .appending(path: RunFolder.studio)
        }
        guard FileManager.default.fileExists(atPath: run.root.path) else {
            throw StudioError.vanished(run.root.path)
        }
        return run.folder.appending(path: RunFolder.studio)
    }
}

/// What was exported.
struct ExportMessage: Encodable, Sendable {
    var text: String?
    var fileName: String?
    var written: String?
    var next: String?
}
