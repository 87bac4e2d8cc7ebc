import Foundation

/// A real browser without a window, where one is installed.
enum Browser {
    /// What a page did.
    struct Visit {
        /// The page after its scripts.
        var document: String
        /// What it wrote to the console, errors among it.
        var console: [String]
    }

    /// The program, or nil when there is none.
    static let program: URL? = ["chromium", "chromium-browser", "google-chrome"].lazy
        .map { URL(filePath: "/usr/bin/\($0)") }
        .first { FileManager.default.isExecutableFile(atPath: $0.path) }

    /// Opens a page from disk.
    ///
    /// - Parameters:
    ///   - page: The file.
    ///   - width: The width of the window.
    ///   - isDark: Whether the reader prefers dark pages.
    /// - Returns: What it did.
    /// - Throws: Errors of starting the browser.
    static func visit(_ page: URL, width: Int, isDark: Bool = false) throws -> Visit {
        let folder = try Program.temporaryFolder()
        defer { try? FileManager.default.removeItem(at: folder) }
        func file(_ name: String) throws -> FileHandle {
            let url = folder.appending(path: name)
            try Data().write(to: url)
            return try FileHandle(forWritingTo: url)
        }
        let process = Process()
        process.executableURL = program
        process.arguments =
            [
                "--headless", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage",
                "--enable-logging=stderr", "--virtual-time-budget=2000",
                "--user-data-dir=\(folder.appending(path: "profile").path)",
                "--window-size=\(width),900", "--dump-dom",
            ] + (isDark ? ["--force-dark-mode"] : []) + [page.absoluteString]
        process.standardOutput = try file("document")
        process.standardError = try file("log")
        process.standardInput = FileHandle.nullDevice
        try process.run()
        process.waitUntilExit()
        func text(_ name: String) throws -> String {
            String(decoding: try Data(contentsOf: folder.appending(path: name)), as: UTF8.self)
        }
        return Visit(
            document: try text("document"),
            console: try text("log").split(separator: "\n").map(String.init)
                .filter { $0.contains("CONSOLE") }
        )
    }
}
