import Foundation

/// The package of examples, which imports the libraries as another project does.
enum ExamplePackage {
    /// The programs, one for each library.
    static let programs = [
        "MergeExample", "CheckpointExample", "TokenizerExample", "GenerateExample", "TrainExample",
    ]

    private static let scratch = Program.root.appending(path: ".build/examples").path

    /// The compiler; nil when none is on the path.
    static let swift: URL? = (ProcessInfo.processInfo.environment["PATH"] ?? "")
        .split(separator: ":").map { URL(filePath: "\($0)/swift") }
        .first { FileManager.default.isExecutableFile(atPath: $0.path) }

    /// The text of a program.
    static func source(_ program: String) throws -> String {
        let file = "Tests/Examples/Sources/\(program)/main.swift"
        return try String(contentsOf: Program.root.appending(path: file), encoding: .utf8)
    }

    /// How the one build of the package ended.
    static let build = Result { () throws -> Program.Ending in
        guard let swift else { throw CocoaError(.fileNoSuchFile) }
        let path = Program.root.appending(path: "Tests/Examples").path
        // Optimized in the debug configuration: a change compiles as little as possible again. The
        // plan of an earlier build would ask for files that have been moved since.
        return try run(
            swift,
            [
                "build", "--package-path", path, "--scratch-path", scratch, "-Xswiftc", "-O",
                "--disable-build-manifest-caching",
            ]
        )
    }

    /// Runs a built program.
    static func run(_ program: String, _ arguments: [String]) throws -> Program.Ending {
        try run(URL(filePath: "\(scratch)/debug/\(program)"), arguments)
    }

    private static func run(_ program: URL, _ arguments: [String]) throws -> Program.Ending {
        let folder = try Program.temporaryFolder()
        defer { try? FileManager.default.removeItem(at: folder) }
        let process = Process()
        process.executableURL = program
        process.arguments = arguments
        process.currentDirectoryURL = folder
        // What 'swift test' sets for its own build is none of this one's business.
        let ours = ["SWIFT", "XCT", "LD_", "OPENBLAS", "LAYERSWAP", "LLVM"]
        process.environment = ProcessInfo.processInfo.environment.filter { variable, _ in
            !ours.contains { variable.hasPrefix($0) }
        }
        let files = ["output", "errors"].map { folder.appending(path: $0) }
        for file in files { try Data().write(to: file) }
        process.standardOutput = try FileHandle(forWritingTo: files[0])
        process.standardError = try FileHandle(forWritingTo: files[1])
        process.standardInput = FileHandle.nullDevice
        try process.run()
        process.waitUntilExit()
        let texts = try files.map { String(decoding: try Data(contentsOf: $0), as: UTF8.self) }
        return Program.Ending(
            status: process.terminationStatus,
            output: texts[0],
            errors: texts[1]
        )
    }
}
