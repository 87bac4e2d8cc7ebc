import Checkpointing
import Foundation
import Foundations
import Recipes

/// The folder of a run: one folder for each stage, and the record of the whole.
package struct RunStore: Sendable {
    /// The output folder cannot be used.
    package enum Failure: Error, CustomStringConvertible {
        /// Something else lies there.
        case foreign(folder: String)
        /// The run of another recipe lies there.
        case otherRecipe(folder: String, found: String, expected: String)
        /// It lies inside of another run.
        case inside(folder: String, run: String)
        /// Something that the run reads lies where the run would write.
        case holds(folder: String, what: String, path: String)

        package var description: String {
            switch self {
            case .foreign(let folder):
                "\(folder) exists and holds no run of a recipe; nothing was changed in it. Remove "
                    + "it, or choose another folder with --set output=FOLDER"
            case .otherRecipe(let folder, let found, let expected):
                "\(folder) holds the run of the recipe \"\(found)\", not of \"\(expected)\"; choose "
                    + "another folder with --set output=FOLDER"
            case .inside(let folder, let run):
                "\(folder) lies inside of the run \(run), whose folder is its own; choose another "
                    + "folder with --set output=FOLDER"
            case .holds(let folder, let what, let path):
                "the run in \(folder) would write over \(what) (\(path)), which is only read; "
                    + "nothing was changed. Copy it to another place, or choose another folder "
                    + "with --set output=FOLDER"
            }
        }
    }

    /// The folder.
    package let folder: URL

    /// Looks at a folder, which need not exist.
    package init(folder: URL) {
        self.folder = folder
    }

    static let markerName = RunFolder.marker

    private struct Marker: Codable {
        var recipe: String
    }

    /// Makes the folder when it is missing and checks that it belongs to the recipe.
    ///
    /// - Throws: `Failure` when something else lies there.
    package func open(recipe: String) throws {
        guard try !belongs(to: recipe) else { return }
        let marker = folder.appending(path: Self.markerName)
        try AtomicFile.write(JSONEncoder().encode(Marker(recipe: recipe)), to: marker)
    }

    /// Whether the folder holds the run of a recipe; false when it is empty or missing.
    ///
    /// - Throws: `Failure` when something else lies there.
    package func belongs(to recipe: String) throws -> Bool {
        let path = folder.path(percentEncoded: false)
        let marker = folder.appending(path: Self.markerName)
        try checkMark()
        if (try? Data(contentsOf: marker)) != nil {
            let found = recipeName
            guard found == recipe else {
                throw Failure.otherRecipe(
                    folder: folder.shownPath,
                    found: found ?? "?",
                    expected: recipe
                )
            }
            return true
        }
        var isFolder: ObjCBool = false
        guard FileManager.default.fileExists(atPath: path, isDirectory: &isFolder) else {
            return false
        }
        guard isFolder.boolValue else {
            throw FolderError.wrongKind(
                path: folder.shownPath,
                found: "a file",
                expected: "a folder for the run; choose one with --set output=FOLDER"
            )
        }
        // A run that was stopped before it had written its mark leaves the lock at most.
        let names = try FileManager.default.contentsOfDirectory(atPath: path)
        guard names.allSatisfy({ $0 == RunFolder.lock || AtomicFile.isLeftover($0) })
        else { throw Failure.foreign(folder: folder.shownPath) }
        return false
    }

    /// The folder of a stage's result.
    package func folder(of stage: String) -> URL { folder.appending(path: stage) }

    /// Where a training stage keeps what it needs to go on.
    package func workFolder(of stage: String) -> URL {
        folder.appending(path: RunFolder.trainingPrefix + stage)
    }

    /// The folder of the scores of a model.
    package func evaluationFolder(of model: String) -> URL {
        folder(of: RunFolder.evaluationPrefix + model)
    }

    /// The table of the run.
    package var resultsFile: URL { resultsFile(of: "") }

    /// The table of a group of experiments; that of the run when the group has no label.
    package func resultsFile(of group: String) -> URL {
        folder.appending(
            path: group.isEmpty ? RunFolder.results : "\(RunFolder.resultsPrefix)\(group).json"
        )
    }

    /// The database of the run.
    package var databaseFile: URL { folder.appending(path: RunDatabase.fileName) }

    /// Whether a folder holds a run.
    package static func isRun(_ folder: URL) -> Bool {
        [markerName, RunDatabase.fileName].contains { name in
            let path = folder.appending(path: name).path(percentEncoded: false)
            return FileManager.default.fileExists(atPath: path)
        }
    }

    /// The names of the experiments of the sweep that have begun; none without a sweep.
    package var cells: [String] {
        let names = try? FileManager.default.contentsOfDirectory(atPath: folder.path)
        return (names ?? []).filter { name in
            let inside = folder.appending(path: name)
            return [RunFolder.recipe, Self.markerName].allSatisfy {
                FileManager.default.fileExists(atPath: inside.appending(path: $0).path)
            }
        }.sorted { $0.compare($1, options: .numeric) == .orderedAscending }
    }

    /// The folders that may hold stages: those of the experiments, or the run's own.
    package var stageFolders: [URL] {
        let cells = cells
        return cells.isEmpty ? [folder] : cells.map { folder.appending(path: $0) }
    }

    /// The name of the recipe whose run lies in the folder, or nil when its mark cannot be read.
    package var recipeName: String? {
        let marker = folder.appending(path: Self.markerName)
        guard let data = try? Data(contentsOf: marker) else { return nil }
        return (try? JSONDecoder().decode(Marker.self, from: data))?.recipe
    }

    /// The record of a folder, or nil when it has none that can be read.
    package static func record(in folder: URL) -> StageRecord? {
        let file = folder.appending(path: StageRecord.fileName)
        guard let data = try? Data(contentsOf: file) else { return nil }
        return try? JSONDecoder().decode(StageRecord.self, from: data)
    }

    /// Writes a record into a folder that is being built.
    package static func write(_ record: StageRecord, in folder: URL) throws {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
        try AtomicFile.write(
            encoder.encode(record) + Data("\n".utf8),
            to: folder.appending(path: StageRecord.fileName)
        )
    }

    /// The hashes of all files of a result, by their paths below its folder.
    package static func outputs(in folder: URL) throws -> [String: ContentHash] {
        var outputs: [String: ContentHash] = [:]
        let base = folder.standardizedFileURL.path(percentEncoded: false)
        let prefix = base.hasSuffix("/") ? base : base + "/"
        let files = FileManager.default.enumerator(
            at: folder,
            includingPropertiesForKeys: [.isRegularFileKey]
        )
        while let file = files?.nextObject() as? URL {
            guard try file.resourceValues(forKeys: [.isRegularFileKey]).isRegularFile == true,
                file.lastPathComponent != StageRecord.fileName
            else { continue }
            let path = file.standardizedFileURL.path(percentEncoded: false)
            outputs[String(path.dropFirst(prefix.count))] = try ContentHash.of(file: file)
        }
        return outputs
    }

    /// Whether every file of a result is there with the bytes that were recorded.
    package static func isIntact(_ record: StageRecord, in folder: URL) -> Bool {
        record.outputs.allSatisfy { path, hash in
            (try? ContentHash.of(file: folder.appending(path: path))) == hash
        }
    }
}
