import Foundation
import Testing

@Suite("Commands of the pages")
struct ReadmeTests {
    /// The pages whose commands run, in this order.
    private static let pages =
        ["README.md", "Recipes/README.md"]
        + ["Tour", "WritingRecipes", "StudiesAndStatistics"].map {
            "Sources/layerswap/LayerSwap.docc/\($0).md"
        }

    private static let all = pages.flatMap(PageBlock.blocks)

    @Test("the pages have marked commands", arguments: pages)
    func marked(_ page: String) {
        #expect(!PageBlock.blocks(of: page).isEmpty)
    }

    /// In a copy of the package's folders with the run of the tiny recipe in place.
    @Test("every marked command runs")
    func commands() throws {
        let place = try PageFolder()
        for block in Self.all {
            let (status, text) = try place.run(block)
            #expect(status == 0, "\(block.commands)\n\(text)")
        }
    }
}

@Suite("Lessons")
struct LessonTests {
    private static let course = "Sources/layerswap/LayerSwap.docc/Course"

    private static let lessons: [String] = {
        let folder = Program.root.appending(path: course)
        let names = (try? FileManager.default.contentsOfDirectory(atPath: folder.path)) ?? []
        return names.filter { $0.hasPrefix("Lesson-") }.sorted()
    }()

    /// In the order of the course, since each lesson uses what the ones before it have made; the
    /// tiny recipe stands in for the quickstart.
    @Test("every command of the course runs and prints what the lesson shows")
    func commands() throws {
        #expect(Self.lessons.count == 6)
        let place = try PageFolder(standingIn: ["quickstart"])
        for lesson in Self.lessons {
            let blocks = PageBlock.blocks(of: "\(Self.course)/\(lesson)")
            #expect(blocks.count > 1, "\(lesson)")
            #expect(blocks.contains { $0.output != nil }, "\(lesson)")
            for block in blocks {
                let (status, text) = try place.run(block)
                #expect(status == 0, "\(lesson)\n\(block.commands)\n\(text)")
                if let line = block.missing(in: text) {
                    Issue.record("\(lesson) shows \"\(line)\"\n\(block.commands)\n\(text)")
                }
            }
        }
    }

    @Test("a line that is not there, or not in this order, is noticed")
    func matching() {
        let text = "one 1\n  two 2\nthree 3\n"
        func missing(_ lines: String...) -> String? {
            PageBlock(commands: "", output: lines).missing(in: text)
        }
        #expect(missing("one …", "two …", "three 3") == nil)
        #expect(missing("…", "three …") == nil)
        #expect(missing("one 2") == "one 2")
        #expect(missing("two …") == "two …")
        #expect(missing("…", "three …", "…", "one …") == "one …")
        #expect(missing("…", "t … 2") == nil)
    }

    @Test(
        "the documentation converts without a warning",
        .enabled(
            if: FileManager.default.isExecutableFile(atPath: docc.path),
            "no docc is installed"
        )
    )
    func documentation() throws {
        let folder = try Program.temporaryFolder()
        defer { try? FileManager.default.removeItem(at: folder) }
        let process = Process()
        process.executableURL = Self.docc
        process.arguments = [
            "convert", Program.root.appending(path: "Sources/layerswap/LayerSwap.docc").path,
            "--output-path", folder.appending(path: "out.doccarchive").path,
            "--fallback-display-name", "LayerSwap", "--fallback-bundle-identifier", "layerswap",
            "--warnings-as-errors",
        ]
        let output = Pipe()
        process.standardOutput = output
        process.standardError = output
        try process.run()
        let text = String(
            decoding: output.fileHandleForReading.readDataToEndOfFile(),
            as: UTF8.self
        )
        process.waitUntilExit()
        #expect(process.terminationStatus == 0, "\(text)")
    }

    /// The compiler's own, beside `swift`.
    private static let docc: URL = {
        let folders = (ProcessInfo.processInfo.environment["PATH"] ?? "").split(separator: ":")
        let swift = folders.map { URL(filePath: "\($0)/swift") }
            .first { FileManager.default.isExecutableFile(atPath: $0.path) }
        let real = swift?.resolvingSymlinksInPath() ?? URL(filePath: "/usr/bin/swift")
        return real.deletingLastPathComponent().appending(path: "docc")
    }()
}
