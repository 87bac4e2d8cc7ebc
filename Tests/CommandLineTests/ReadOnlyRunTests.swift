import Foundation
import Testing

/// A user who owns nothing.
enum Nobody {
    /// The number of the user.
    static let number = 65_534

    /// Whether tests may become this user, and it can run the program.
    static let canRun: Bool = {
        guard getuid() == 0, let program = try? Program.start(["--version"], user: number) else {
            return false
        }
        return (try? program.end().status) == 0
    }()
}

@Suite("Runs of another user", .enabled(if: Nobody.canRun))
struct ReadOnlyRunTests {
    @Test("can be shown, compared, exported, checked and reported, and are not changed")
    func look() throws {
        let folder = try Program.temporaryFolder()
        defer { try? FileManager.default.removeItem(at: folder) }
        let run = try TinyRun.copy(in: folder)
        let elsewhere = folder.appending(path: "elsewhere")
        try FileManager.default.createDirectory(at: elsewhere, withIntermediateDirectories: false)
        chmod(elsewhere.path, 0o777)
        func state() throws -> [String] {
            try FileManager.default.subpathsOfDirectory(atPath: run.path).sorted()
        }
        let before = try state()
        for arguments in [
            ["runs", "show", run.path], ["runs", "list", "--folder", run.path],
            ["runs", "compare", run.path, "swap", "soup"], ["runs", "export", run.path],
            ["report", run.path, "--output", elsewhere.appending(path: "page.html").path],
            ["check", run.path, "--against", run.appending(path: "results.json").path],
            ["inspect", run.appending(path: "swap").path],
        ] {
            let ending = try Program.start(
                arguments,
                in: elsewhere,
                temporary: elsewhere,
                user: Nobody.number
            ).end()
            #expect(ending.status == 0, "\(arguments): \(ending.errors)")
        }
        #expect(try state() == before)
        let left = try FileManager.default.contentsOfDirectory(atPath: elsewhere.path).sorted()
        #expect(left == ["page.html", "page.md"])
    }

    @Test("cannot be written to, and the error names the file and the permission")
    func write() throws {
        let folder = try Program.temporaryFolder()
        defer { try? FileManager.default.removeItem(at: folder) }
        let run = try TinyRun.copy(in: folder)
        for arguments in [
            ["report", run.path], ["analyze", "change", run.path],
            ["run", "Recipes/tiny.yaml", "--set", "output=\(run.path)"],
            ["runs", "export", run.path, "--output", run.appending(path: "x.csv").path],
            ["copy", "Recipes/tiny.yaml", run.appending(path: "x.yaml").path],
            [
                "merge", "--math", run.appending(path: "math").path, "--language",
                run.appending(path: "language").path, "--to", run.appending(path: "m").path,
            ],
        ] {
            let ending = try Program.start(arguments, user: Nobody.number).end()
            #expect(ending.status == 1, "\(arguments): \(ending.errors)")
            #expect(ending.errors.contains(run.lastPathComponent), "\(ending.errors)")
            #expect(ending.errors.contains("ermission"), "\(arguments): \(ending.errors)")
        }
    }
}
