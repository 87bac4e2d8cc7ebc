import Foundation

extension URL {
    /// The path as people write it: from the working folder when it lies below it.
    package var shownPath: String {
        let path = standardizedFileURL.path(percentEncoded: false)
        let working = FileManager.default.currentDirectoryPath
        let prefix = working.hasSuffix("/") ? working : working + "/"
        // A working folder that was removed has no path, and nothing lies below it.
        let isBelow = !working.isEmpty && path.hasPrefix(prefix)
        let shown = isBelow ? String(path.dropFirst(prefix.count)) : path
        return shown.count > 1 && shown.hasSuffix("/") ? String(shown.dropLast()) : shown
    }

    /// The folders above a file, nearest first, without the root.
    ///
    /// There are none where the path does not begin at the root, as in a working folder that was
    /// removed: the way up from there would have no end.
    package var foldersAbove: [URL] {
        let folder = standardizedFileURL.deletingLastPathComponent()
        guard folder.path.hasPrefix("/") else { return [] }
        let all = sequence(first: folder) { $0.deletingLastPathComponent() }
        return Array(all.prefix { $0.path != "/" })
    }

    /// The path without a slash at its end, as the system's calls take it.
    package var plainPath: String {
        let path = path(percentEncoded: false)
        return path.count > 1 && path.hasSuffix("/") ? String(path.dropLast()) : path
    }
}
