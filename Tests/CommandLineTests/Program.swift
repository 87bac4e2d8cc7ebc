import Foundation
import Testing

/// The built program, run as a user runs it.
enum Program {
    /// How a run of the program ended.
    struct Ending: Sendable {
        var status: Int32
        var output: String
        var errors: String

        /// The last line on standard output.
        var lastLine: String { output.split(separator: "\n").last.map(String.init) ?? "" }
    }

    /// The root of the package.
    static let root = URL(filePath: #filePath)
        .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()

    /// The program beside the tests that were built with it.
    static let url: URL = {
        let executable = URL(filePath: "/proc/self/exe").resolvingSymlinksInPath()
        let beside = executable.deletingLastPathComponent().appending(path: "layerswap")
        if FileManager.default.isExecutableFile(atPath: beside.path) { return beside }
        return root.appending(path: ".build/release/layerswap")
    }()

    /// Starts the program in a folder.
    ///
    /// - Parameters:
    ///   - arguments: What follows the program's name.
    ///   - folder: The working folder.
    ///   - temporary: Where the program puts what is temporary; the system's place when nil.
    ///   - input: What it reads from; nothing when nil.
    ///   - user: The number of the user that it runs as; only root can choose.
    ///   - environment: Variables that are set beside those of the tests.
    ///   - ranks: How many processes of it Open MPI's launcher starts; one, without it, when nil.
    /// - Returns: The program while it runs.
    /// - Throws: What starting it throws.
    static func start(
        _ arguments: [String],
        in folder: URL = root,
        temporary: URL? = nil,
        input: Pipe? = nil,
        user: Int? = nil,
        environment: [String: String] = [:],
        ranks: Int? = nil
    ) throws -> RunningProgram {
        try RunningProgram(
            arguments,
            folder: folder,
            temporary: temporary,
            input: input,
            user: user,
            environment: environment,
            ranks: ranks
        )
    }

    /// Open MPI's launcher, or nil when there is none.
    static let launcher: URL? = {
        let url = URL(filePath: "/usr/bin/mpirun")
        return FileManager.default.isExecutableFile(atPath: url.path) ? url : nil
    }()

    /// Runs the program in a folder to its end.
    static func run(_ arguments: String..., in folder: URL = root) throws -> Ending {
        try start(arguments, in: folder).end()
    }

    /// A new empty folder.
    static func temporaryFolder() throws -> URL {
        let folder = FileManager.default.temporaryDirectory
            .appending(path: "layerswap-program-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        return folder
    }
}

/// The program while it runs.
final class RunningProgram {
    private let process = Process()
    /// Files take what is written, so that the program never waits for a reader.
    private let folder: URL

    init(
        _ arguments: [String],
        folder working: URL,
        temporary: URL? = nil,
        input: Pipe? = nil,
        user: Int? = nil,
        environment: [String: String] = [:],
        ranks: Int? = nil
    ) throws {
        folder = try Program.temporaryFolder()
        if let user {
            process.executableURL = URL(filePath: "/usr/bin/setpriv")
            let identity = ["--reuid=\(user)", "--regid=\(user)", "--clear-groups"]
            process.arguments = identity + [Program.url.path] + arguments
        } else if let ranks {
            process.executableURL = Program.launcher
            process.arguments =
                ["--oversubscribe", "-n", "\(ranks)", Program.url.path] + arguments
        } else {
            process.executableURL = Program.url
            process.arguments = arguments
        }
        // Tests run as root in containers.
        let allowed =
            ranks == nil
            ? [:]
            : ["OMPI_ALLOW_RUN_AS_ROOT": "1", "OMPI_ALLOW_RUN_AS_ROOT_CONFIRM": "1"]
        let set = environment.merging(allowed) { $1 }.merging(
            temporary.map { ["TMPDIR": $0.path] } ?? [:]
        ) { $1 }
        if !set.isEmpty {
            process.environment = ProcessInfo.processInfo.environment.merging(set) { $1 }
        }
        process.currentDirectoryURL = working
        process.standardOutput = try handle("output")
        process.standardError = try handle("errors")
        process.standardInput = input.map { $0 as Any } ?? FileHandle.nullDevice
        try process.run()
    }

    deinit { try? FileManager.default.removeItem(at: folder) }

    private func handle(_ name: String) throws -> FileHandle {
        let file = folder.appending(path: name)
        try Data().write(to: file)
        return try FileHandle(forWritingTo: file)
    }

    var isRunning: Bool { process.isRunning }

    func send(_ signal: Int32) { kill(process.processIdentifier, signal) }

    /// What it has written on standard output so far.
    var output: String { text("output") }
    /// What it has written on standard error so far.
    var errors: String { text("errors") }

    private func text(_ name: String) -> String {
        let data = (try? Data(contentsOf: folder.appending(path: name))) ?? Data()
        return String(decoding: data, as: UTF8.self)
    }

    /// Waits for the end.
    func end() throws -> Program.Ending {
        process.waitUntilExit()
        func text(_ name: String) throws -> String {
            String(decoding: try Data(contentsOf: folder.appending(path: name)), as: UTF8.self)
        }
        return Program.Ending(
            status: process.terminationStatus,
            output: try text("output"),
            errors: try text("errors")
        )
    }

    /// Waits until something holds, the program ends, or a minute has passed.
    func wait(until condition: () -> Bool) {
        for _ in 0..<12_000 {
            guard isRunning, !condition() else { return }
            usleep(5_000)
        }
    }
}

/// The tiny recipe, run once for all tests that look at its results.
enum TinyRun {
    /// The folder of the run.
    static var folder: URL { finished.folder }
    /// How the run ended.
    static var ending: Program.Ending { finished.ending }

    /// A copy of the run that a test may change, in a folder of its own.
    ///
    /// Nothing runs in the first one again: a database must not change while it is copied.
    static func copy(in folder: URL) throws -> URL {
        let copy = folder.appending(path: "run")
        try FileManager.default.copyItem(at: self.folder, to: copy)
        return copy
    }

    private static let finished: (folder: URL, ending: Program.Ending) = {
        do {
            let folder = try Program.temporaryFolder().appending(path: "tiny")
            let ending = try Program.run(
                "run",
                "Recipes/tiny.yaml",
                "--set",
                "output=\(folder.path)",
                "--json"
            )
            return (folder, ending)
        } catch {
            let ending = Program.Ending(status: -1, output: "", errors: "\(error)")
            return (URL(filePath: "/nowhere"), ending)
        }
    }()
}
