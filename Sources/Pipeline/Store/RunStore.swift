import Checkpointing
import Foundation

/// The folder of a run: one folder for each stage, and the record of the whole.
package struct RunStore: Sendable {
    /// The output folder cannot be used.
    package enum Failure: Error, CustomStringConvertible {
        /// Something else lies there.
        case foreign(folder: String)
        /// The run of another recipe lies there.
        case otherRecipe(folder: String, found: String, expected: String)

        package var description: String {
            switch self {
            case .foreign(let folder):
                "\(folder) exists and holds no run of a recipe; nothing was changed in it. Remove "
                    + "it, or choose another folder with --set output=FOLDER"
            case .otherRecipe(let folder, let found, let expected):
                "\(folder) holds the run of the recipe \"\(found)\", not of \"\(expected)\"; choose "
                    + "another folder with --set output=FOLDER"
            }
        }
    }

    /// The folder.
    package let folder: URL

    /// Looks at a folder, which need not exist.
    package init(folder: URL) {
        self.folder = folder
    }

    static let markerName = "run.json"

    private struct Marker: Codable {
        var recipe: String
    }

    /// Makes the folder when it is missing and checks that it belongs to the recipe.
    ///
    /// - Throws: `Failure` when something else lies there.
    package func open(recipe: String) throws {
        let path = folder.path(percentEncoded: false)
        let marker = folder.appending(path: Self.markerName)
        if (try? Data(contentsOf: marker)) != nil {
            let found = recipeName
            guard found == recipe else {
                throw Failure.otherRecipe(
                    folder: folder.shownPath,
                    found: found ?? "?",
                    expected: recipe
                )
            }
            return
        }
        if FileManager.default.fileExists(atPath: path) {
            // A run that was stopped before it had written its mark leaves the lock at most.
            let names = try FileManager.default.contentsOfDirectory(atPath: path)
            guard names.allSatisfy({ $0.hasPrefix(".") }) else {
                throw Failure.foreign(folder: folder.shownPath)
            }
        }
        try AtomicFile.write(JSONEncoder().encode(Marker(recipe: recipe)), to: marker)
    }

    /// The folder of a stage's result.
    package func folder(of stage: String) -> URL { folder.appending(path: stage) }

    /// Where a training stage keeps what it needs to go on.
    package func workFolder(of stage: String) -> URL { folder.appending(path: "training-\(stage)") }

    /// Where the result of a stage with another identity was put aside.
    func earlierFolder(of stage: String, identity: ContentHash) -> URL {
        folder.appending(path: "earlier")
            .appending(path: "\(stage)-\(identity.hexadecimal.prefix(12))")
    }

    /// The table of the run.
    package var resultsFile: URL { resultsFile(of: "") }

    /// The table of a group of experiments; that of the run when the group has no label.
    package func resultsFile(of group: String) -> URL {
        folder.appending(path: group.isEmpty ? "results.json" : "results-\(group).json")
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
            return ["recipe.yaml", Self.markerName].allSatisfy {
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
    static func write(_ record: StageRecord, in folder: URL) throws {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
        try AtomicFile.write(
            encoder.encode(record) + Data("\n".utf8),
            to: folder.appending(path: StageRecord.fileName)
        )
    }

    /// The hashes of all files of a result, by their paths below its folder.
    static func outputs(in folder: URL) throws -> [String: ContentHash] {
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
    static func isIntact(_ record: StageRecord, in folder: URL) -> Bool {
        record.outputs.allSatisfy { path, hash in
            (try? ContentHash.of(file: folder.appending(path: path))) == hash
        }
    }

    /// The step of the newest checkpoint in a folder of work, or nil when there is none.
    static func newestStep(in work: URL) -> Int? {
        let path = work.path(percentEncoded: false)
        let names = (try? FileManager.default.contentsOfDirectory(atPath: path)) ?? []
        return names.compactMap { name in
            name.hasPrefix("step-") ? Int(name.dropFirst("step-".count)) : nil
        }.max()
    }

    /// Puts the result and the unfinished work of a stage aside, so that nothing is lost.
    func putAside(_ stage: String) throws {
        let manager = FileManager.default
        let work = workFolder(of: stage)
        if Self.newestStep(in: work) == nil {
            try? manager.removeItem(at: work)
        }
        for source in [folder(of: stage), work] {
            guard manager.fileExists(atPath: source.path(percentEncoded: false)) else { continue }
            let identity = Self.record(in: source)?.identity ?? ContentHash.of(text: "")
            let target = earlierFolder(of: source.lastPathComponent, identity: identity)
            try manager.createDirectory(
                at: target.deletingLastPathComponent(),
                withIntermediateDirectories: true
            )
            // What lies there was made from the same facts.
            try? manager.removeItem(at: target)
            try manager.moveItem(at: source, to: target)
        }
    }

    /// Takes over the result of another run; files are linked, because results never change.
    func share(_ source: URL, as stage: String) throws {
        try putAside(stage)
        let manager = FileManager.default
        try AtomicFolder.create(at: folder(of: stage), replacing: true) { partial in
            for name in try Self.outputs(in: source).keys.sorted() + [StageRecord.fileName] {
                let target = partial.appending(path: name)
                try manager.createDirectory(
                    at: target.deletingLastPathComponent(),
                    withIntermediateDirectories: true
                )
                let original = source.appending(path: name)
                do {
                    try manager.linkItem(at: original, to: target)
                } catch {
                    // Another file system, or one without links.
                    try manager.copyItem(at: original, to: target)
                }
            }
        }
    }

    /// Brings a result back that was put aside; the present one takes its place there.
    func bringBack(_ stage: Stage) throws {
        let source = earlierFolder(of: stage.name, identity: stage.identity)
        let waiting = folder.appending(path: "earlier").appending(path: ".\(stage.name)-returning")
        try FileManager.default.moveItem(at: source, to: waiting)
        try putAside(stage.name)
        try FileManager.default.moveItem(at: waiting, to: folder(of: stage.name))
    }
}
