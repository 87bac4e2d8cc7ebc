import Foundation

/// Folders that are complete or absent, whenever the process or the machine stops.
package enum AtomicFolder {
    /// Builds a folder under a temporary name beside `url` and renames it when it is on disk.
    ///
    /// What earlier, killed processes left unfinished in the same place is removed first.
    ///
    /// - Parameters:
    ///   - url: The folder; folders above it are created.
    ///   - replacing: Whether an existing folder is replaced. It stays as it is until the new one
    ///     is complete.
    ///   - approve: Looks at a folder that is about to be replaced; what it throws saves it.
    ///   - build: Fills the temporary folder that it is given.
    /// - Returns: What `build` returns.
    /// - Throws: `FolderError` when the folder exists and may not be replaced, `FileError` when
    ///   the system refuses something (a full disk), and what `build` throws. Nothing is left of
    ///   the new folder then.
    @discardableResult
    package static func create<Result>(
        at url: URL,
        replacing: Bool = false,
        approve: (URL) throws -> Void = { _ in },
        _ build: (URL) throws -> Result
    ) throws -> Result {
        let path = url.path(percentEncoded: false)
        var isFolder: ObjCBool = false
        if FileManager.default.fileExists(atPath: path, isDirectory: &isFolder) {
            guard replacing else { throw FolderError.exists(path: path) }
            guard isFolder.boolValue else {
                throw FolderError.wrongKind(path: path, found: "a file", expected: "a folder")
            }
        }
        let partial = try PartialSibling(for: url, isFolder: true)
        do {
            let result = try build(partial.url)
            try DiskSync.tree(partial.url)
            if replacing {
                try partial.commit(approve: approve)
            } else {
                try partial.commit()
            }
            return result
        } catch {
            partial.discard()
            throw FileError.revealing(error, path: path)
        }
    }
}
