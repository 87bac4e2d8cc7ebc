import Foundation

/// A shell block of a page that stands below a line `<!-- tested -->`, with the output that the
/// page shows for it.
struct PageBlock: Sendable {
    /// The commands.
    var commands: String
    /// What a block ```` ```output ```` below shows; nil when there is none.
    var output: [String]?

    /// The blocks of a page, by its path in the package.
    static func blocks(of page: String) -> [PageBlock] {
        let file = Program.root.appending(path: page)
        guard let text = try? String(contentsOf: file, encoding: .utf8) else { return [] }
        var blocks: [PageBlock] = []
        var isMarked = false
        var open: (isOutput: Bool, lines: [String])?
        for line in text.split(separator: "\n", omittingEmptySubsequences: false) {
            if let (isOutput, lines) = open {
                guard line.hasPrefix("```") else {
                    open = (isOutput, lines + [String(line)])
                    continue
                }
                if isOutput {
                    blocks[blocks.count - 1].output = lines
                } else {
                    blocks.append(PageBlock(commands: lines.joined(separator: "\n")))
                }
                open = nil
            } else if line == "<!-- tested -->" {
                isMarked = true
            } else if line.hasPrefix("```sh"), isMarked {
                open = (false, [])
                isMarked = false
            } else if line.hasPrefix("```output"), !blocks.isEmpty {
                open = (true, [])
            } else if !line.isEmpty {
                isMarked = false
            }
        }
        return blocks
    }

    /// The first line of `output` that a text does not have in this order; nil when it has all.
    ///
    /// `…` stands for anything: alone in a line for any lines, and inside of one for any words.
    func missing(in text: String) -> String? {
        var rest = text.split(separator: "\n", omittingEmptySubsequences: true)[...]
        var skips = false
        for line in output ?? [] {
            if line == "…" {
                skips = true
                continue
            }
            let parts = line.split(separator: "…").map { $0.trimmingCharacters(in: .whitespaces) }
            guard
                let place = rest.firstIndex(where: { Self.has(parts, in: $0) }),
                skips || place == rest.startIndex || line.isEmpty
            else { return line }
            rest = rest[(place + 1)...]
            skips = false
        }
        return nil
    }

    /// Whether a line begins with the first part and has the others behind it.
    private static func has(_ parts: [String], in line: Substring) -> Bool {
        var rest = Substring(line.drop { $0 == " " })
        for (number, part) in parts.enumerated() {
            guard let range = rest.firstRange(of: part),
                number > 0 || range.lowerBound == rest.startIndex
            else { return false }
            rest = rest[range.upperBound...]
        }
        return true
    }
}

/// A copy of the package's folders in which the commands of pages run.
final class PageFolder {
    let folder: URL

    /// - Parameter stand: Recipes for which the tiny one stands in, by their names: it takes
    ///   seconds.
    /// - Throws: Errors of files.
    init(standingIn stand: [String] = []) throws {
        folder = try Program.temporaryFolder()
        let manager = FileManager.default
        try manager.createSymbolicLink(
            at: folder.appending(path: "Data"),
            withDestinationURL: Program.root.appending(path: "Data")
        )
        let recipes = Program.root.appending(path: "Recipes")
        let copy = folder.appending(path: "Recipes")
        try manager.createDirectory(at: copy, withIntermediateDirectories: true)
        for name in try manager.contentsOfDirectory(atPath: recipes.path) {
            let recipe = name.replacing(".yaml", with: "")
            if name.hasSuffix(".yaml"), stand.contains(recipe) {
                let tiny = try String(
                    contentsOf: recipes.appending(path: "tiny.yaml"),
                    encoding: .utf8
                )
                let text = tiny.replacing("name: tiny\n", with: "name: \(recipe)\n")
                try Data(text.utf8).write(to: copy.appending(path: name))
            } else {
                try manager.createSymbolicLink(
                    at: copy.appending(path: name),
                    withDestinationURL: recipes.appending(path: name)
                )
            }
        }
        let checkpoints = folder.appending(path: "Checkpoints")
        try manager.createDirectory(at: checkpoints, withIntermediateDirectories: true)
        try manager.copyItem(at: TinyRun.folder, to: checkpoints.appending(path: "tiny"))
    }

    deinit { try? FileManager.default.removeItem(at: folder) }

    /// Runs the commands of a block in the folder.
    ///
    /// - Returns: The exit status, and all that was printed.
    func run(_ block: PageBlock) throws -> (status: Int32, text: String) {
        let process = Process()
        process.executableURL = URL(filePath: "/bin/bash")
        process.arguments = ["-euo", "pipefail", "-c", block.commands]
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
        return (process.terminationStatus, text)
    }
}
