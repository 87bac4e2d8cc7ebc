import Foundation

/// A file of lines that is added to; each line is on its way to the disk when a call returns.
package final class LineFile {
    private let file: OutputFile

    /// Opens a file behind its last complete line, and makes it when it is missing.
    ///
    /// What stands behind the last end of a line is what a killed process left; it is cut off.
    ///
    /// - Throws: `FileError`, `FolderError.wrongKind`.
    package init(at url: URL) throws {
        let path = url.path(percentEncoded: false)
        let old = InputFile.exists(url) ? try InputFile.data(at: url) : Data()
        let end = old.lastIndex(of: UInt8(ascii: "\n")).map { $0 + 1 } ?? 0
        let descriptor = open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0o666)
        guard descriptor >= 0 else { throw FileError(operation: "open", path: path, code: errno) }
        file = OutputFile(descriptor: descriptor, path: path)
        guard end == old.count || ftruncate(descriptor, off_t(end)) == 0 else {
            throw FileError(operation: "shorten", path: path, code: errno)
        }
    }

    /// Adds a value as a line of JSON.
    ///
    /// - Throws: `FileError`, errors of encoding.
    package func append(_ value: some Encodable, encoder: JSONEncoder) throws {
        var line = try encoder.encode(value)
        line.append(UInt8(ascii: "\n"))
        try file.write(line)
    }

    /// Waits until all lines are on disk.
    ///
    /// - Throws: `FileError`.
    package func synchronize() throws { try file.synchronize() }
}
