import Synchronization

/// A progress line that several threads write to.
final class SharedProgressLine: Sendable {
    /// The line; only the holder of the lock changes it.
    private struct Guarded: @unchecked Sendable {
        let line: ProgressLine
    }

    private let guarded: Mutex<Guarded>

    init(console: Console) { guarded = Mutex(Guarded(line: ProgressLine(console: console))) }

    /// Writes how far the work is, unless that was just done.
    func update(_ text: String) { guarded.withLock { $0.line.update(text, isLast: false) } }

    /// Ends the line.
    func close() { guarded.withLock { $0.line.close() } }
}
