import ArgumentParser
import Checkpointing
import Evaluation
import Foundation
import Foundations
import Ranks

/// Where words go: results to standard output, everything else wherever the flags say.
struct Console: Sendable {
    /// Whether progress and remarks are left out.
    var quiet: Bool
    /// Whether standard output is for one JSON value alone.
    var json: Bool

    /// Whether remarks go to a terminal, where a line can be rewritten.
    ///
    /// What Open MPI's launcher gives its ranks looks like one, wherever its own words go.
    var isTerminal: Bool {
        isatty(json ? STDERR_FILENO : STDOUT_FILENO) == 1 && !Self.isDumb && !OpenMPI.isLaunched()
    }

    /// Whether the terminal says that it cannot rewrite a line, as those inside of editors do.
    private static let isDumb = ProcessInfo.processInfo.environment["TERM"] == "dumb"

    /// Columns of the terminal that remarks go to; a longer line could not be rewritten.
    var columns: Int {
        var size = winsize()
        let found = ioctl(json ? STDERR_FILENO : STDOUT_FILENO, UInt(TIOCGWINSZ), &size)
        return found == 0 && size.ws_col > 1 ? Int(size.ws_col) : 120
    }

    /// Writes a remark on what is going on; nothing when quiet.
    func remark(_ text: String) {
        if quiet { return }
        if json { Self.writeError(text) } else { Self.write(text) }
    }

    /// Writes what the command was asked for.
    func result(_ text: String) {
        if json { Self.writeError(text) } else { Self.write(text) }
    }

    /// Writes the value of `--json` as one line; nothing without the flag.
    func object(_ value: some Encodable) throws {
        guard json else { return }
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        let text = String(decoding: try encoder.encode(value), as: UTF8.self)
        Self.writeBytes(TerminalText.json(text) + "\n")
    }

    /// Says on standard error what an output replaces; nothing when it replaces nothing.
    static func announce(_ replaced: String?) {
        guard let replaced else { return }
        writeError("layerswap: note: replacing \(replaced)")
    }

    /// Writes a warning, a sentence without its full stop, to standard error.
    static func warn(_ sentence: String) {
        writeError("Warning: \(sentence)\(sentence.hasSuffix("?") ? "" : ".")")
    }

    /// Writes a line to standard output.
    static func write(_ text: String, terminator: String = "\n") {
        writeBytes(TerminalText.escaped(text) + terminator)
    }

    /// Writes a line to standard error.
    static func writeError(_ text: String, terminator: String = "\n") {
        writeBytes(TerminalText.escaped(text) + terminator, toErrors: true)
    }

    /// Writes a text as it is, for other programs or with control characters of our own.
    ///
    /// A result that cannot be written, since a disk is full or the reader has gone, ends the
    /// process: its exit code must not be that of a success. What is unfinished goes then, as after
    /// a signal.
    static func writeBytes(_ text: String, toErrors: Bool = false) {
        let code = write(Array(text.utf8), to: toErrors ? STDERR_FILENO : STDOUT_FILENO)
        guard code != 0, !toErrors else { return }
        // The work has its time to come to a border, as after a signal.
        if isLostTerminal(code) { return StopSwitch.hangUp() }
        UnfinishedItem.leave { _ in
            // A reader that has enough, such as 'head', needs no message.
            if code == EPIPE { _exit(141) }
            let words =
                "layerswap: error: cannot write standard output: "
                + "\(String(cString: strerror(code)))\n"
            _ = write(Array(words.utf8), to: STDERR_FILENO)
            _exit(1)
        }
    }

    /// Whether standard output was a terminal that has gone, as when a connection breaks off.
    private static func isLostTerminal(_ code: Int32) -> Bool {
        var status = stat()
        return code == EIO && fstat(STDOUT_FILENO, &status) == 0
            && status.st_mode & S_IFMT == S_IFCHR
    }

    /// Writes all bytes; gives the system's `errno`, or 0.
    private static func write(_ bytes: [UInt8], to descriptor: Int32) -> Int32 {
        bytes.withUnsafeBytes { buffer in
            var rest = buffer[...]
            while !rest.isEmpty {
                let part = UnsafeRawBufferPointer(rebasing: rest)
                // The system takes at most what it is given, so that the rest stays inside.
                let count = Foundation.write(descriptor, part.baseAddress, part.count)
                if count < 0 {
                    if errno == EINTR || errno == EAGAIN { continue }
                    return errno
                }
                rest = rest.dropFirst(count)
            }
            return 0
        }
    }
}

extension TextTable {
    /// The lines for a terminal: no cell ends its line or writes control characters.
    var lines: [String] { aligned(TerminalText.line) }
}

extension Metric: ExpressibleByArgument {}
