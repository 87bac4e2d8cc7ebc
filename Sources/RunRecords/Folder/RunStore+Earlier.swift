import Checkpointing
import Foundation
import Foundations
import RecipeDocuments
import Recipes

/// Results that are put aside and brought back.
///
/// Each of these moves is one operation of the system, and no result is removed by any of them:
/// wherever a process is killed, every result is in the run folder or in `earlier/`, under a name
/// that the next run finds.
extension RunStore {
    private var earlierFolder: URL { folder.appending(path: RunFolder.earlier) }

    /// How older versions called a result on its way back, when they were killed meanwhile.
    private static let returningSuffix = "-returning"

    /// The newest intact result of a stage among those that were put aside.
    package func earlierResult(of stage: Stage) -> URL? {
        let path = earlierFolder.plainPath
        let names = (try? FileManager.default.contentsOfDirectory(atPath: path)) ?? []
        let kept = Self.earlierName(of: stage.name, stage.identity)
        let candidates = names.compactMap { name -> (url: URL, number: Int)? in
            let number =
                name == kept
                ? 1 : name.hasPrefix("\(kept)-") ? Int(name.dropFirst(kept.count + 1)) : nil
            return number.map { (earlierFolder.appending(path: name), $0) }
        }
        return candidates.sorted { $0.number > $1.number }.map(\.url).first { folder in
            guard let record = Self.record(in: folder), record.stage == stage.name,
                record.identity == stage.identity
            else { return false }
            return Self.isIntact(record, in: folder)
        }
    }

    private static func earlierName(of name: String, _ identity: ContentHash?) -> String {
        "\(name)-\(identity.map { String($0.hexadecimal.prefix(12)) } ?? "unrecorded")"
    }

    /// Puts the result and the unfinished work of a stage aside, so that nothing is lost.
    ///
    /// - Throws: `FileError`.
    package func putAside(_ stage: String) throws {
        let work = workFolder(of: stage)
        if Self.isEmptyWork(work) { try FileMove.remove(work) }
        try moveAside(folder(of: stage))
        try moveAside(work)
    }

    /// Puts the result of a stage aside, if there is one.
    ///
    /// - Throws: `FileError`.
    package func putResultAside(_ stage: String) throws { try moveAside(folder(of: stage)) }

    /// Gives a folder a name of its own in `earlier/`.
    private func moveAside(_ source: URL, as name: String? = nil) throws {
        guard Self.isThere(source) else { return }
        try FileMove.makeFolder(earlierFolder)
        let kept = Self.earlierName(
            of: name ?? source.lastPathComponent,
            Self.record(in: source)?.identity
        )
        var number = 1
        // Another result of the same name stays: it may have been made by other threads, another
        // version, or by hand.
        while try !FileMove.move(
            source,
            to: earlierFolder.appending(path: number == 1 ? kept : "\(kept)-\(number)")
        ) { number += 1 }
    }

    /// Whether a folder of work holds nothing but the beginnings of a training without checkpoint.
    private static func isEmptyWork(_ work: URL) -> Bool {
        guard let names = try? FileManager.default.contentsOfDirectory(atPath: work.plainPath)
        else {
            return false
        }
        let known: Set = [StageRecord.fileName, "metrics.jsonl", "rehearsal"]
        return names.allSatisfy { known.contains($0) || AtomicFile.isLeftover($0) }
    }

    private static func isThere(_ url: URL) -> Bool {
        var status = stat()
        return lstat(url.plainPath, &status) == 0
    }

    /// Takes over the result of another run; files are linked, because results never change.
    ///
    /// - Throws: `FileError`, `FolderError`.
    package func share(_ source: URL, as stage: String) throws {
        try putAside(stage)
        let manager = FileManager.default
        try AtomicFolder.create(at: folder(of: stage)) { partial in
            for name in try Self.outputs(in: source).keys.sorted() + [StageRecord.fileName] {
                let target = partial.appending(path: name)
                try FileMove.makeFolder(target.deletingLastPathComponent())
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

    /// Brings a result back that was put aside; the present one is put aside in its place.
    ///
    /// - Throws: `FileError`, `FolderError` when the result is not there any longer.
    package func bringBack(_ stage: Stage) throws {
        try putAside(stage.name)
        // Looked for only now, as it may be what was put aside a moment ago.
        guard let source = earlierResult(of: stage) else {
            throw FolderError.incomplete(
                path: earlierFolder.shownPath,
                expected: Self.earlierName(of: stage.name, stage.identity)
            )
        }
        let target = folder(of: stage.name)
        guard try FileMove.move(source, to: target) else {
            throw FolderError.exists(path: target.shownPath)
        }
    }

    /// Gives results their names back that a killed process of an older version was moving.
    ///
    /// - Throws: `FileError`.
    package func recover() throws {
        let path = earlierFolder.plainPath
        let names = (try? FileManager.default.contentsOfDirectory(atPath: path)) ?? []
        for name in names.sorted()
        where name.hasPrefix(".") && name.hasSuffix(Self.returningSuffix) {
            let stage = String(name.dropFirst().dropLast(Self.returningSuffix.count))
            guard RecipeValue.isName(stage) else { continue }
            try moveAside(earlierFolder.appending(path: name), as: stage)
        }
    }
}
