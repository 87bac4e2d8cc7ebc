import Foundation

/// Damages one file of a folder after another and tries what a program does with it.
///
/// Whatever a file holds, an attempt ends with a result or an error, leaves nothing behind after an
/// error, and changes nothing but `output`. A crash ends the process: the case stands in
/// `case.txt`.
package struct FuzzFolder {
    /// What came of all cases.
    package struct Outcome {
        /// How many cases were tried.
        package var cases = 0
        /// How many of them gave a result.
        package var succeeded = 0
        /// What should not have happened, at most the first ten.
        package var failures: [String] = []
    }

    /// What an error must not show to a person.
    private static let rawWords = [
        "NSCocoaErrorDomain", "NSPOSIXErrorDomain", "DecodingError", "Swift.Error",
        "The operation could not be completed",
    ]
    private static let log = "case.txt"

    private let root: URL
    private let files: [String]

    /// Takes a folder in which something works as it is.
    ///
    /// - Parameters:
    ///   - root: The folder.
    ///   - files: The files to damage, as paths below it.
    package init(root: URL, files: [String]) {
        self.root = root
        self.files = files
    }

    /// Tries cases for a time.
    ///
    /// - Parameters:
    ///   - name: The name of the suite, for the cases.
    ///   - seconds: How long.
    ///   - attempt: Does something with the folder; it may write `root/output`. Gets the case's
    ///     number and the damaged file.
    /// - Returns: What came of it.
    /// - Throws: Errors of reading and writing the folder itself.
    package func run(
        _ name: String,
        seconds: Double = FuzzSettings.seconds,
        _ attempt: (Int, String) throws -> Void
    ) throws -> Outcome {
        let watch = FuzzWatch()
        defer { watch.end() }
        var whole: [String: Data] = [:]
        for file in files { whole[file] = try Data(contentsOf: root.appending(path: file)) }
        let log = root.appending(path: Self.log)
        if FuzzSettings.isLong { print("\(name): the case is in \(log.path)") }
        let end = ContinuousClock.now + .seconds(seconds)
        var outcome = Outcome()
        while ContinuousClock.now < end, outcome.failures.count < 10 {
            outcome.cases += 1
            let file = files[outcome.cases % files.count]
            let label = "\(name), seed \(FuzzSettings.seed), case \(outcome.cases), \(file)"
            try Data("\(label)\n".utf8).write(to: log)
            guard let original = whole[file] else { continue }
            var damage = Damage(seed: FuzzSettings.seed, number: outcome.cases)
            try damage.file(original, named: file).write(to: root.appending(path: file))
            let number = outcome.cases
            try one(label, watch, &outcome) { try attempt(number, file) }
            try original.write(to: root.appending(path: file))
        }
        if FuzzSettings.isLong {
            print("\(name): \(outcome.cases) cases, of which \(outcome.succeeded) gave a result")
        }
        return outcome
    }

    private func one(
        _ label: String,
        _ watch: FuzzWatch,
        _ outcome: inout Outcome,
        _ attempt: () throws -> Void
    ) throws {
        let output = root.appending(path: "output")
        let state = FolderState(of: root, except: ["output", Self.log])
        do {
            try watch.watching(label, attempt)
            outcome.succeeded += 1
            if FileManager.default.fileExists(atPath: output.path) {
                try FileManager.default.removeItem(at: output)
            }
        } catch {
            let words = "\(error)"
            if words.isEmpty || Self.rawWords.contains(where: words.contains) {
                outcome.failures.append("\(label) says: \(words.prefix(300))")
            }
            if FileManager.default.fileExists(atPath: output.path) {
                outcome.failures.append("\(label) left its output behind after: \(words)")
                try FileManager.default.removeItem(at: output)
            }
        }
        if FolderState(of: root, except: ["output", Self.log]) != state {
            outcome.failures.append("\(label) changed something outside of its output")
        }
    }
}
