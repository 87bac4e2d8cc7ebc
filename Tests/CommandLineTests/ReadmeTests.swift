import Foundation
import Testing

@Suite("Commands of the pages")
struct ReadmeTests {
    /// The shell blocks of a page that stand below a line `<!-- tested -->`.
    private static func blocks(of page: String) -> [String] {
        let file = Program.root.appending(path: page)
        guard let text = try? String(contentsOf: file, encoding: .utf8) else { return [] }
        var blocks: [String] = []
        var isMarked = false
        var current: [String]?
        for line in text.split(separator: "\n", omittingEmptySubsequences: false) {
            if let lines = current {
                if line.hasPrefix("```") {
                    blocks.append(lines.joined(separator: "\n"))
                    current = nil
                } else {
                    current = lines + [String(line)]
                }
            } else if line == "<!-- tested -->" {
                isMarked = true
            } else if line.hasPrefix("```sh"), isMarked {
                current = []
                isMarked = false
            } else if !line.isEmpty {
                isMarked = false
            }
        }
        return blocks
    }

    private static let all = ["README.md", "Recipes/README.md"].flatMap(blocks)

    @Test("the pages have marked commands")
    func marked() {
        #expect(!Self.all.isEmpty)
    }

    /// In a copy of the package's folders with the run of the tiny recipe in place.
    @Test("every marked command runs")
    func commands() throws {
        let folder = try Program.temporaryFolder()
        defer { try? FileManager.default.removeItem(at: folder) }
        let manager = FileManager.default
        for name in ["Data", "Recipes"] {
            try manager.createSymbolicLink(
                at: folder.appending(path: name),
                withDestinationURL: Program.root.appending(path: name)
            )
        }
        let checkpoints = folder.appending(path: "Checkpoints")
        try manager.createDirectory(at: checkpoints, withIntermediateDirectories: true)
        try manager.copyItem(at: TinyRun.folder, to: checkpoints.appending(path: "tiny"))
        for block in Self.all {
            let process = Process()
            process.executableURL = URL(filePath: "/bin/bash")
            process.arguments = ["-euo", "pipefail", "-c", block]
            process.currentDirectoryURL = folder
            let path = Program.url.deletingLastPathComponent().path
            process.environment = ProcessInfo.processInfo.environment.merging(
                ["PATH": "\(path):/usr/bin:/bin"]
            ) { $1 }
            process.standardInput = FileHandle.nullDevice
            let output = Pipe()
            process.standardOutput = output
            process.standardError = output
            try process.run()
            let text = String(
                decoding: output.fileHandleForReading.readDataToEndOfFile(),
                as: UTF8.self
            )
            process.waitUntilExit()
            #expect(process.terminationStatus == 0, "\(block)\n\(text)")
        }
    }
}
