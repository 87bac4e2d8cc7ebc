import Foundation
import Foundations

extension OutputPlace {
    /// Refuses an output that is, holds, or lies inside an input.
    ///
    /// - Throws: `OutputError.overlaps`.
    package func checkInputs() throws {
        for input in inputs {
            for place in Self.places(of: input.url) {
                guard let overlap = overlap(with: place) else { continue }
                throw OutputError.overlaps(
                    path: shown,
                    overlap: overlap,
                    input: input.name,
                    inputPath: input.url.relativePath,
                    remedy: remedy
                )
            }
        }
    }

    private func overlap(with input: ResolvedPath) -> OutputError.Overlap? {
        if place.isSame(as: input) { return .same }
        if input.isInside(place) { return .contains }
        return place.isInside(input) ? .inside : nil
    }

    /// Where an input lies: it itself, and for a folder also what the links in it lead to, as in
    /// the caches of the Hugging Face hub.
    private static func places(of url: URL) -> [ResolvedPath] {
        let written = url.relativePath
        let working = FileManager.default.currentDirectoryPath
        // What is written from another folder than the working one would be looked for wrongly.
        let isFromHere =
            written.hasPrefix("/") || url.baseURL.map { $0.plainPath == working } ?? true
        let places = Set([ResolvedPath(url)] + (isFromHere ? [ResolvedPath(written: written)] : []))
        return Array(places)
            + places.flatMap { place in
                let names = (try? FileManager.default.contentsOfDirectory(atPath: place.path)) ?? []
                return names.compactMap { name -> ResolvedPath? in
                    let entry = place.url.appending(path: name)
                    let target = ResolvedPath(entry)
                    return target.path == entry.plainPath ? nil : target
                }
            }
    }

    /// Refuses places that hold what people live in.
    func checkStandard() throws {
        guard kind == .folder else { return }
        if let reason = Self.standard(place) {
            throw OutputError.place(path: shown, reason: reason, remedy: remedy)
        }
        let working = ResolvedPath(written: FileManager.default.currentDirectoryPath)
        if place.isSame(as: working) || working.isInside(place) {
            throw OutputError.place(
                path: shown,
                reason: "the folder that you are working in, or one above it",
                remedy: remedy
            )
        }
    }

    /// What a folder is that no output may take, in words; nil for other folders.
    private static func standard(_ place: ResolvedPath) -> String? {
        if place.components.isEmpty { return "the root of the file system" }
        let homes = [
            FileManager.default.homeDirectoryForCurrentUser.path(percentEncoded: false),
            ProcessInfo.processInfo.environment["HOME"] ?? "",
        ].filter { !$0.isEmpty }.map(ResolvedPath.init(written:))
        let isHome = homes.contains {
            !$0.components.isEmpty && (place.isSame(as: $0) || $0.isInside(place))
        }
        return isHome ? "your home folder, or one above it" : nil
    }

    /// Refuses what `/` and a home folder are for every kind of output.
    ///
    /// - Throws: `OutputError.place`.
    package static func checkStandard(_ folder: URL, remedy: String) throws {
        guard let reason = standard(ResolvedPath(folder)) else { return }
        throw OutputError.place(path: folder.relativePath, reason: reason, remedy: remedy)
    }

    /// The name in a folder below which a file lies, all links followed; nil when it does not.
    package static func name(of file: URL, below folder: URL) -> String? {
        let folder = ResolvedPath(folder)
        let upwards = ResolvedPath(file).upwards
        guard let place = upwards.firstIndex(where: { $0.isSame(as: folder) }), place > 0 else {
            return nil
        }
        return upwards[place - 1].components.last
    }

    /// The folders above a place, all links followed, the nearest first.
    package static func folders(above url: URL) -> [URL] {
        ResolvedPath(url).upwards.dropFirst().map(\.url)
    }

    /// Checks that something can be made at the place.
    func checkParent() throws {
        try Self.checkWritable(place)
    }

    /// Checks that a folder, or those above it that are missing, can be made and written.
    ///
    /// - Throws: `FolderError`, `FileError`, `OutputError.name`.
    package static func checkWritable(inside folder: URL) throws {
        let name = "output"
        try checkWritable(ResolvedPath(folder.appending(path: name)))
    }

    private static func checkWritable(_ place: ResolvedPath) throws {
        if let long = place.components.first(where: { $0.utf8.count > 255 }) {
            throw OutputError.name(path: place.path, byteCount: long.utf8.count)
        }
        guard let folder = place.upwards.dropFirst().first(where: { $0.status != nil }),
            let status = folder.status
        else { return }
        guard status.st_mode & S_IFMT == S_IFDIR else {
            throw FolderError.wrongKind(path: folder.path, found: "a file", expected: "a folder")
        }
        try probe(folder.path)
    }

    /// Makes a file in a folder and removes it: permissions do not tell everything, and nothing to
    /// the superuser.
    private static func probe(_ folder: String) throws {
        let number = String(UInt64.random(in: .min ... .max), radix: 36)
        let path = "\(folder)/\(PartialSibling.probeName)\(number)"
        let descriptor = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else {
            throw FileError(operation: "write in", path: folder, code: errno)
        }
        close(descriptor)
        unlink(path)
    }
}
