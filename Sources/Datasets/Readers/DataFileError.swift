/// What is wrong with a file of data, and where.
package enum DataFileError: Error, CustomStringConvertible, Equatable {
    /// There is no such file, or it cannot be read.
    case unreadable(path: String, reason: String)
    /// The file holds no row.
    case empty(path: String)
    /// The file's gzip form is broken.
    case badCompression(path: String, reason: String)
    /// A row cannot be used.
    case badRow(path: String, line: Int, found: String, expected: String)
    /// A line is longer than any that is read.
    case longLine(path: String, line: Int, limit: Int)
    /// The file holds more than is kept in memory.
    case tooLarge(path: String, limit: Int)
    /// The file holds fewer rows of some kind than are wanted.
    case tooFew(path: String, found: String, expected: String)

    /// Where, what was found, what was expected.
    package var description: String {
        switch self {
        case .unreadable(let path, let reason):
            "\(path): cannot be read: \(reason)"
        case .empty(let path):
            "\(path): the file holds no row; check that it was downloaded completely"
        case .badCompression(let path, let reason):
            "\(path): broken gzip: \(reason); download or compress the file again"
        case .badRow(let path, let line, let found, let expected):
            "\(path):\(line): found \(found); expected \(expected)"
        case .longLine(let path, let line, let limit):
            "\(path):\(line): found a line of more than \(limit >> 20) MiB; expected one row a "
                + "line, each up to \(limit >> 20) MiB; check that the file is text with line ends"
        case .tooFew(let path, let found, let expected):
            "\(path): found \(found); expected \(expected): take fewer, or another file"
        case .tooLarge(let path, let limit):
            "\(path): found more than \(limit >> 20) MiB of text; expected up to \(limit >> 20) MiB "
                + "uncompressed, since rows are kept in memory; split the file into several sources"
        }
    }
}
