import Foundation
import Synchronization

/// Words about work that goes on: lines that stay, and one that is written over on a terminal.
///
/// Elsewhere, as in a log, what would be written over becomes a plain line every few seconds.
final class ProgressLine {
    private let console: Console
    /// Whether the last line is to be rewritten by the next one.
    private var hasOpenLine = false {
        didSet { Self.isOpen.store(hasOpenLine && !console.json, ordering: .relaxed) }
    }
    /// Whether a line on standard output is to be rewritten.
    private static let isOpen = Atomic<Bool>(false)
    private var lastLine = ContinuousClock.now
    private var lastRewriting = ContinuousClock.now

    /// More often than ten times a second nobody can read.
    private static let secondsBetweenRewritings = 0.1
    private static let secondsBetweenLines = 5.0

    init(console: Console) {
        self.console = console
    }

    /// Writes a line that stays.
    func say(_ text: String) {
        close()
        console.remark(text)
    }

    /// Writes how far the work is, unless that was just done.
    ///
    /// - Parameters:
    ///   - text: The words.
    ///   - isLast: Whether they must be seen: the work is done.
    func update(_ text: String, isLast: Bool) {
        if console.quiet { return }
        if console.isTerminal {
            if isTime(since: &lastRewriting, Self.secondsBetweenRewritings) || isLast {
                rewrite(text)
            }
        } else if isTime(since: &lastLine, Self.secondsBetweenLines) || isLast {
            say(text)
        }
    }

    /// Ends a line that is open anywhere, for another thread that ends the process.
    static func leave() {
        if isOpen.exchange(false, ordering: .relaxed) { Console.write("") }
    }

    /// Ends a line that would be rewritten.
    func close() {
        guard hasOpenLine else { return }
        hasOpenLine = false
        console.remark("")
    }

    private func isTime(since last: inout ContinuousClock.Instant, _ seconds: Double) -> Bool {
        let now = ContinuousClock.now
        guard last.duration(to: now) >= .seconds(seconds) else { return false }
        last = now
        return true
    }

    private func rewrite(_ text: String) {
        // Back to the first column, the text, and nothing of the older, longer line behind it.
        let line = "\r\(TerminalText.line(text).prefix(console.columns - 1))\u{1B}[K"
        Console.writeBytes(line, toErrors: console.json)
        hasOpenLine = true
    }
}
