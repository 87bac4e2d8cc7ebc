/// What is wrong in a language pack, and where.
package struct LanguagePackError: Error, CustomStringConvertible, Equatable {
    /// The file of the pack.
    package var path: String
    /// The line, counted from 1; zero when the whole file is meant.
    package var line: Int
    /// What was found, what was expected, and the nearest known name.
    package var message: String

    /// `path:line: message`.
    package var description: String {
        line > 0 ? "\(path):\(line): \(message)" : "\(path): \(message)"
    }
}
