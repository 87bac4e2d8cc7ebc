import Foundation

/// Files that are complete or absent, whenever the process or the machine stops.
package enum AtomicFile {
    /// Whether a name is that of something unfinished, which a killed process may have left.
    package static func isLeftover(_ name: String) -> Bool { PartialSibling.isPartial(name) }

    /// Writes a file; a reader sees the old contents or the new, never a part.
    ///
    /// Folders above it are created.
    ///
    /// - Parameters:
    ///   - data: The contents.
    ///   - url: The file.
    ///   - replacing: Whether an existing file is replaced.
    /// - Throws: `FolderError` when the file exists and may not be replaced, `FileError`; the old
    ///   file is untouched then.
    package static func write(_ data: Data, to url: URL, replacing: Bool = true) throws {
        try write(to: url, replacing: replacing) { try $0.write(data) }
    }

    /// Looks whether files that belong together can all be made, before the first of them is.
    ///
    /// - Throws: `FolderError` for the first name that something has.
    package static func requireFree(_ urls: [URL]) throws {
        guard let taken = urls.first(where: InputFile.exists) else { return }
        throw FolderError.exists(path: taken.path(percentEncoded: false))
    }

    /// Writes a file piece by piece; it gets its name when `body` has returned and its bytes are
    /// on disk.
    ///
    /// - Parameters:
    ///   - url: The file.
    ///   - replacing: Whether an existing file is replaced.
    ///   - approve: Looks at a file that is about to be replaced; what it throws saves it.
    ///   - body: Writes the contents.
    /// - Throws: `FolderError` when the file exists and may not be replaced, `FileError`, and what
    ///   `body` throws. Nothing is left of the new file then.
    package static func write(
        to url: URL,
        replacing: Bool,
        approve: ((URL) throws -> Void)? = nil,
        _ body: (OutputFile) throws -> Void
    ) throws {
        let path = url.path(percentEncoded: false)
        guard replacing || !FileManager.default.fileExists(atPath: path) else {
            throw FolderError.exists(path: path)
        }
        let partial = try PartialSibling(for: url, isFolder: false)
        do {
            try body(partial.file)
            try partial.file.synchronize()
            switch (replacing, approve) {
            case (false, _): try partial.commit()
            case (true, nil): try partial.commitOverFile()
            case (true, let approve?): try partial.commit(approve: approve)
            }
        } catch {
            partial.discard()
            throw FileError.revealing(error, path: path)
        }
    }
}
