import Foundation

/// The bytes of a data file, piece by piece: its own, or what the system's `gzip` makes of them.
final class DataStream {
    private static let pieceLength = 1 << 20

    private let url: URL
    private let largest: Int
    private let source: FileHandle
    private let gzip: (process: Process, errors: Pipe)?
    /// What was read to look for the mark of gzip.
    private var first: Data?
    private var count = 0

    /// Opens a file; `largest` is the most bytes that it may give, uncompressed.
    ///
    /// - Throws: `DataFileError`.
    init(_ url: URL, largest: Int) throws {
        self.url = url
        self.largest = largest
        let first: Data
        do {
            var isFolder: ObjCBool = false
            let exists = FileManager.default.fileExists(atPath: url.path, isDirectory: &isFolder)
            guard exists, !isFolder.boolValue else {
                throw DataFileError.unreadable(
                    path: url.path,
                    reason: exists ? "it is a folder" : "there is no such file"
                )
            }
            let file = try FileHandle(forReadingFrom: url)
            first = try file.read(upToCount: Self.pieceLength) ?? Data()
            if first.starts(with: [0x1F, 0x8B]) {
                try file.close()
                let child = try Self.decompression(of: url)
                source = child.output
                gzip = (child.process, child.errors)
                return
            }
            source = file
            gzip = nil
        } catch let error as DataFileError {
            throw error
        } catch {
            throw DataFileError.unreadable(path: url.path, reason: Self.words(for: error))
        }
        self.first = first
        guard url.pathExtension != "gz" || first.isEmpty else {
            try? source.close()
            throw DataFileError.badCompression(
                path: url.path,
                reason: "the name ends in .gz but the file does not begin with the bytes 1f 8b"
            )
        }
    }

    deinit { close() }

    /// The next bytes, or nil at the end of the file.
    ///
    /// - Throws: `DataFileError` when the file cannot be read further, its gzip form is broken, or
    ///   it gives more than it may.
    func next() throws -> [UInt8]? {
        let data: Data
        do {
            data = try first ?? source.read(upToCount: Self.pieceLength) ?? Data()
            first = nil
        } catch {
            throw DataFileError.unreadable(path: url.path, reason: Self.words(for: error))
        }
        guard !data.isEmpty else {
            try checkGzip()
            return nil
        }
        count += data.count
        guard count <= largest else {
            throw DataFileError.tooLarge(path: url.path, limit: largest)
        }
        return [UInt8](data)
    }

    /// Closes the file and ends `gzip`, which may be in the middle of it.
    func close() {
        try? source.close()
        guard let gzip else { return }
        if gzip.process.isRunning { gzip.process.terminate() }
        gzip.process.waitUntilExit()
        try? gzip.errors.fileHandleForReading.close()
    }

    private func checkGzip() throws {
        guard let gzip else { return }
        let message = gzip.errors.fileHandleForReading.readDataToEndOfFile()
        gzip.process.waitUntilExit()
        guard gzip.process.terminationStatus == 0 else {
            throw DataFileError.badCompression(
                path: url.path,
                reason: String(decoding: message, as: UTF8.self)
                    .trimmingCharacters(in: .whitespacesAndNewlines)
            )
        }
    }

    private static func decompression(
        of url: URL
    ) throws -> (process: Process, output: FileHandle, errors: Pipe) {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        process.arguments = ["gzip", "-dc", "--", url.path]
        let output = Pipe()
        let errors = Pipe()
        process.standardInput = FileHandle.nullDevice
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
        return (process, output.fileHandleForReading, errors)
    }

    /// The reason that the system gives, where it gives one.
    private static func words(for error: any Error) -> String {
        let underlying = (error as NSError).userInfo[NSUnderlyingErrorKey] as? NSError
        let code = [underlying, error as NSError].compactMap { $0 }
            .first { $0.domain == NSPOSIXErrorDomain }?.code
        guard let code else { return error.localizedDescription }
        return String(cString: strerror(Int32(code)))
    }
}
