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
        }
    }
}
