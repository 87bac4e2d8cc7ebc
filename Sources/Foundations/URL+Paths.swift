import Foundation

extension URL {
    /// The path as people write it: from the working folder when it lies below it.
    package var shownPath: String {
        let path = standardizedFileURL.path(percentEncoded: false)
        let working = FileManager.default.currentDirectoryPath
        let prefix = working.hasSuffix("/") ? working : working + "/"
        let shown = path.hasPrefix(prefix) ? String(path.dropFirst(prefix.count)) : path
        return shown.count > 1 && shown.hasSuffix("/") ? String(shown.dropLast()) : shown
    }

    /// The path without a slash at its end, as the system's calls take it.
    package var plainPath: String {
        let path = path(percentEncoded: false)
        return path.count > 1 && path.hasSuffix("/") ? String(path.dropLast()) : path
    }
}
