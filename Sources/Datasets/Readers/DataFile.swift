import Foundation

/// Reading files of data by lines, plain or gzip, in bounded memory.
package enum DataFile {
    /// The most bytes of a line; rows of texts are far shorter.
    package static let longestLine = 16 << 20
    /// The most bytes of a file, uncompressed: readers keep the rows.
    package static let largestFile = 1 << 30

    /// One line of a file.
    package struct Line {
        /// The number of the line, from 1.
        package var number: Int
        /// The text without the end of the line.
        package var text: String

        /// Describes a line.
        package init(number: Int, text: String) {
            self.number = number
            self.text = text
        }
    }

    /// The bytes of a file that is read as one, such as a language pack.
    ///
    /// - Throws: `DataFileError`, also when it is longer than `longestLine`.
    package static func contents(of url: URL) throws -> Data {
        let stream = try DataStream(url, largest: longestLine)
        defer { stream.close() }
        var data = Data()
        while let piece = try stream.next() { data += piece }
        return data
    }

    /// Hands over the lines of a file in order; blank lines are left out.
    ///
    /// - Parameters:
    ///   - url: The file.
    ///   - longestLine: The most bytes of a line.
    ///   - largestFile: The most bytes in all, uncompressed.
    ///   - body: Gets each line; what it throws ends the reading.
    /// - Throws: `DataFileError`, also for a line that is not UTF-8 and a file without lines.
    package static func forEachLine(
        of url: URL,
        longestLine: Int = longestLine,
        largestFile: Int = largestFile,
        _ body: (Line) throws -> Void
    ) throws {
        let stream = try DataStream(url, largest: largestFile)
        defer { stream.close() }
        var number = 0
        var isEmpty = true
        func take(_ bytes: ArraySlice<UInt8>) throws {
            number += 1
            guard bytes.count <= longestLine else {
                throw DataFileError.longLine(path: url.path, line: number, limit: longestLine)
            }
            var bytes = bytes
            if number == 1, bytes.starts(with: [0xEF, 0xBB, 0xBF]) { bytes.removeFirst(3) }
            if bytes.last == 0x0D { bytes.removeLast() }
            guard let text = String(validating: bytes, as: UTF8.self) else {
                throw DataFileError.badRow(
                    path: url.path,
                    line: number,
                    found: "bytes that are not UTF-8",
                    expected: "text in UTF-8"
                )
            }
            guard text.unicodeScalars.contains(where: { !$0.properties.isWhitespace }) else {
                return
            }
            isEmpty = false
            try body(Line(number: number, text: text))
        }
        // The beginning of a line whose end is in a piece to come.
        var begun: [UInt8] = []
        while let piece = try stream.next() {
            var start = 0
            while let end = newline(in: piece, from: start) {
                if begun.isEmpty {
                    try take(piece[start..<end])
                } else {
                    begun += piece[start..<end]
                    try take(begun[...])
                    begun.removeAll(keepingCapacity: true)
                }
                start = end + 1
            }
            begun += piece[start...]
            guard begun.count <= longestLine else {
                throw DataFileError.longLine(path: url.path, line: number + 1, limit: longestLine)
            }
        }
        if !begun.isEmpty { try take(begun[...]) }
        guard !isEmpty else { throw DataFileError.empty(path: url.path) }
    }

    /// The lines of a small file with their numbers from 1; blank lines are left out.
    ///
    /// - Throws: `DataFileError`, as `forEachLine`.
    package static func lines(of url: URL) throws -> [Line] {
        var lines: [Line] = []
        try forEachLine(of: url) { lines.append($0) }
        return lines
    }

    private static func newline(in piece: [UInt8], from start: Int) -> Int? {
        piece.withUnsafeBytes { bytes in
            guard let base = bytes.baseAddress, start < bytes.count else { return nil }
            // The search stays inside the buffer: it is that many bytes long.
            let found = memchr(base + start, 0x0A, bytes.count - start)
            return found.map { UnsafeRawPointer($0) - base }
        }
    }
}
