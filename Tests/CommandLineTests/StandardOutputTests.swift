import Foundation
import Testing

/// Standard output may be full, closed, or abandoned by its reader.
@Suite("Standard output")
struct StandardOutputTests {
    private func shell(_ script: String) throws -> (status: Int32, errors: String) {
        let folder = try Program.temporaryFolder()
        defer { try? FileManager.default.removeItem(at: folder) }
        let errors = folder.appending(path: "errors")
        try Data().write(to: errors)
        let process = Process()
        process.executableURL = URL(filePath: "/bin/bash")
        process.arguments = ["-c", script]
        process.currentDirectoryURL = Program.root
        process.environment = ProcessInfo.processInfo.environment.merging(
            ["LAYERSWAP": Program.url.path]
        ) { $1 }
        process.standardOutput = FileHandle.nullDevice
        process.standardError = try FileHandle(forWritingTo: errors)
        try process.run()
        process.waitUntilExit()
        return (process.terminationStatus, try String(contentsOf: errors, encoding: .utf8))
    }

    @Test("A full disk is an error with the system's words, and no crash")
    func full() throws {
        let ending = try shell(#"exec "$LAYERSWAP" list methods > /dev/full"#)
        #expect(ending.status == 1)
        #expect(
            ending.errors
                == "layerswap: error: cannot write standard output: No space left on device\n"
        )
    }

    @Test("A closed output is an error, and no crash")
    func closed() throws {
        let ending = try shell(#"exec "$LAYERSWAP" list methods >&-"#)
        #expect(ending.status == 1)
        #expect(ending.errors.contains("cannot write standard output"), "\(ending.errors)")
    }

    @Test("A reader that has seen enough ends the program without words")
    func pipe() throws {
        let script = #"set -o pipefail; "$LAYERSWAP" list methods | true; echo $? >&2"#
        let ending = try shell(script)
        // Done before the reader left, or ended by that.
        #expect(["0\n", "141\n"].contains(ending.errors), "\(ending.errors)")
    }

    @Test("A file that may not grow is an error, and nothing is left of it")
    func limit() throws {
        let place = try Program.temporaryFolder()
        defer { try? FileManager.default.removeItem(at: place) }
        // 20 blocks of 1,024 bytes; the merged weights are larger.
        let script = """
            ulimit -f 20; exec "$LAYERSWAP" merge --math '\(TinyRun.folder.path)/math' \
            --language '\(TinyRun.folder.path)/language' --to '\(place.path)/merged' --quiet
            """
        let ending = try shell(script)
        #expect(ending.status == 1)
        #expect(ending.errors.contains("File too large"), "\(ending.errors)")
        #expect(try FileManager.default.contentsOfDirectory(atPath: place.path).isEmpty)
    }
}
