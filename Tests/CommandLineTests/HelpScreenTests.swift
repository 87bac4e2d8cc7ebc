import Foundation
import Testing

/// Every help screen as a file in `Help`, 80 columns wide; `make reference` writes them.
@Suite("Help screens")
struct HelpScreenTests {
    private static let folder = URL(filePath: #filePath)
        .deletingLastPathComponent().appending(path: "Help")

    /// The form in which the parser describes a command for other programs.
    private struct Command: Decodable {
        var commandName: String
        var shouldDisplay: Bool?
        var subcommands: [Command]?

        /// The words of this command and of all below it.
        func paths(below parent: [String] = []) -> [[String]] {
            let path = parent + [commandName]
            let shown = (subcommands ?? []).filter {
                $0.commandName != "help" && $0.shouldDisplay != false
            }
            return [path] + shown.flatMap { $0.paths(below: path) }
        }
    }

    private static func screens() throws -> [String: String] {
        struct Description: Decodable { var command: Command }
        let dump = try Program.run("--experimental-dump-help")
        let root = try JSONDecoder().decode(Description.self, from: Data(dump.output.utf8)).command
        var screens: [String: String] = [:]
        for path in root.paths() {
            let ending = try Program.start(
                Array(path.dropFirst()) + ["--help"],
                environment: ["COLUMNS": "80"]
            ).end()
            #expect(ending.status == 0 && ending.errors.isEmpty)
            screens[path.joined(separator: "-") + ".txt"] = ending.output
        }
        return screens
    }

    @Test("every screen is the recorded one, byte for byte")
    func screens() throws {
        let manager = FileManager.default
        let screens = try Self.screens()
        #expect(screens.count > 30)
        if ProcessInfo.processInfo.environment["LAYERSWAP_WRITE_REFERENCE"] != nil {
            try? manager.removeItem(at: Self.folder)
            try manager.createDirectory(at: Self.folder, withIntermediateDirectories: true)
            for (name, text) in screens {
                try Data(text.utf8).write(to: Self.folder.appending(path: name))
            }
        }
        let recorded = Set(try manager.contentsOfDirectory(atPath: Self.folder.path))
        #expect(recorded == Set(screens.keys), "run 'make reference' and look at the difference")
        for name in recorded.sorted() {
            let text = try String(contentsOf: Self.folder.appending(path: name), encoding: .utf8)
            #expect(
                text == screens[name],
                "\(name) has changed; run 'make reference' and look at the difference"
            )
        }
    }

    @Test("abstracts are one sentence, and no line is wider than the screen")
    func form() throws {
        for (name, text) in try Self.screens() {
            #expect(text.hasPrefix("OVERVIEW: "), "\(name)")
            let overview = text.dropFirst("OVERVIEW: ".count).components(separatedBy: "\n\n")[0]
            #expect(overview.hasSuffix("."), "\(name)")
            let usage = text.split(separator: "\n").filter { !$0.hasPrefix("USAGE: ") }
            #expect(usage.allSatisfy { $0.count <= 80 }, "\(name)")
        }
    }
}
