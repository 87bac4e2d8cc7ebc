import Foundation

/// Reading whole files, plain or gzip.
package enum DataFile {
    /// The bytes of a file; those of a gzip file are decompressed by the system's `gzip`.
    ///
    /// - Throws: `DataFileError`.
    package static func contents(of url: URL) throws -> Data {
        let data: Data
        do {
            data = try Data(contentsOf: url)
        } catch {
            let exists = FileManager.default.fileExists(atPath: url.path)
            throw DataFileError.unreadable(
                path: url.path,
                reason: exists ? "\(error.localizedDescription)" : "there is no such file"
            )
        }
        let isCompressed = data.starts(with: [0x1F, 0x8B])
        if isCompressed { return try decompressed(url) }
        guard url.pathExtension != "gz" || data.isEmpty else {
            throw DataFileError.badCompression(
                path: url.path,
                reason: "the name ends in .gz but the file does not begin with the bytes 1f 8b"
            )
        }
        return data
    }

    /// The lines of a file with their numbers from 1; blank lines are left out.
    ///
    /// - Throws: `DataFileError`, also for a line that is not UTF-8 and a file without lines.
    package static func lines(of url: URL) throws -> [(number: Int, text: String)] {
        let bytes = [UInt8](try contents(of: url))
        var lines: [(Int, String)] = []
        var number = 0
        var start = bytes.starts(with: [0xEF, 0xBB, 0xBF]) ? 3 : 0
        while start < bytes.count {
            number += 1
            let end = bytes[start...].firstIndex(of: 0x0A) ?? bytes.count
            var line = bytes[start..<end]
            if line.last == 0x0D { line.removeLast() }
            guard let text = String(validating: line, as: UTF8.self) else {
                throw DataFileError.badRow(
                    path: url.path,
                    line: number,
                    found: "bytes that are not UTF-8",
                    expected: "text in UTF-8"
                )
            }
            if text.contains(where: { !$0.isWhitespace }) { lines.append((number, text)) }
            start = end + 1
        }
        guard !lines.isEmpty else { throw DataFileError.empty(path: url.path) }
        return lines
    }

    private static func decompressed(_ url: URL) throws -> Data {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        process.arguments = ["gzip", "-dc", "--", url.path]
        let output = Pipe()
        let errors = Pipe()
        process.standardOutput = output
        process.standardError = errors
        do {
            try process.run()
        } catch {
            throw DataFileError.unreadable(
                path: url.path,
                reason: "the program gzip could not be started (\(error)); install gzip"
            )
        }
        let data = output.fileHandleForReading.readDataToEndOfFile()
        let message = errors.fileHandleForReading.readDataToEndOfFile()
        process.waitUntilExit()
        guard process.terminationStatus == 0 else {
            let text = String(decoding: message, as: UTF8.self)
            throw DataFileError.badCompression(
                path: url.path,
                reason: text.trimmingCharacters(in: .whitespacesAndNewlines)
            )
        }
        return data
    }
}
