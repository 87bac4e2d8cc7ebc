import Foundation

/// Lines of JSON as a program writes them that may be killed: the last one can be a part of one.
package enum RecordedLines {
    /// The lines of a file.
    ///
    /// - Parameters:
    ///   - type: What a line holds.
    ///   - url: The file.
    /// - Returns: The lines; nil when there is no file.
    /// - Throws: `FileError`; `DamagedFile` with the number of the first line that cannot be read.
    package static func decode<Line: Decodable>(_ type: Line.Type, at url: URL) throws -> [Line]? {
        guard InputFile.exists(url) else { return nil }
        let decoder = JSONDecoder()
        let data = try InputFile.data(at: url)
        let texts = data.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
        var lines: [Line] = []
        for (number, text) in texts.enumerated() where !text.isEmpty {
            do {
                lines.append(try decoder.decode(type, from: text))
            } catch {
                if number == texts.count - 1, text.first == UInt8(ascii: "{") { break }
                throw DamagedFile(
                    path: url.path(percentEncoded: false),
                    reason: "line \(number + 1): \(ErrorText.text(of: error))",
                    expected:
                        "an object a line, as training writes them; move the file elsewhere to "
                        + "continue without it"
                )
            }
        }
        return lines
    }
}
