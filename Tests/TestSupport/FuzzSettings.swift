import Foundation

/// How long damaged inputs are tried, and where the damage begins.
///
/// `LAYERSWAP_FUZZ_SECONDS` makes a suite longer (`make fuzz` shares ten minutes among them), and
/// `LAYERSWAP_FUZZ_SEED` damages in other ways.
package enum FuzzSettings {
    private static let environment = ProcessInfo.processInfo.environment

    /// The seconds of one suite.
    package static let seconds =
        environment["LAYERSWAP_FUZZ_SECONDS"].flatMap(Double.init) ?? 4
    /// The seed of all damage.
    package static let seed = environment["LAYERSWAP_FUZZ_SEED"].flatMap(UInt64.init) ?? 1
    /// Whether this is a long run, which says what it tries.
    package static let isLong = seconds > 10

    /// The most seconds that one case may take.
    ///
    /// Beside other tests a case may have to wait for a processor; `make fuzz` runs alone.
    package static let caseSeconds = isLong ? 5.0 : 60
}

/// Ends the process when one case does not end, since no test can do that from inside.
///
/// The case stands on standard error then, and the exit code is 70.
package final class FuzzWatch: @unchecked Sendable {
    // The lock guards all that follows.
    private let lock = NSLock()
    private var current: (name: String, since: ContinuousClock.Instant)?
    private var isOver = false

    /// Starts to watch.
    package init() {
        let thread = Thread { [self] in
            while look() { usleep(100_000) }
        }
        thread.start()
    }

    /// Watches one case.
    package func watching<Result>(_ name: String, _ body: () throws -> Result) rethrows -> Result {
        lock.withLock { current = (name, .now) }
        defer { lock.withLock { current = nil } }
        return try body()
    }

    /// Stops watching.
    package func end() { lock.withLock { isOver = true } }

    private func look() -> Bool {
        lock.withLock {
            if let current, current.since.duration(to: .now) > .seconds(FuzzSettings.caseSeconds) {
                let words = "\(current.name) takes more than \(FuzzSettings.caseSeconds) seconds\n"
                FileHandle.standardError.write(Data(words.utf8))
                _exit(70)
            }
            return !isOver
        }
    }
}

/// What lies in a folder: every file with its length, its inode and the time of its last change.
package struct FolderState: Equatable {
    private var entries: [String: String] = [:]

    /// Looks at a folder.
    ///
    /// - Parameters:
    ///   - folder: The folder.
    ///   - except: Names at its top that may change.
    package init(of folder: URL, except: Set<String> = []) {
        let root = folder.path(percentEncoded: false)
        let names = FileManager.default.enumerator(atPath: root)
        while let name = names?.nextObject() as? String {
            let top = String(name.split(separator: "/").first ?? "")
            guard !except.contains(top) else { continue }
            var status = stat()
            guard lstat(root + "/" + name, &status) == 0 else { continue }
            let isFolder = status.st_mode & S_IFMT == S_IFDIR
            // A folder's own time changes with the output beside it.
            entries[name] =
                isFolder
                ? "folder"
                : "\(status.st_size) \(status.st_ino) \(status.st_mtim.tv_sec) "
                    + "\(status.st_mtim.tv_nsec)"
        }
    }
}
