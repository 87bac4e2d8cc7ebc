import Foundation

/// Where words go: results to standard output, everything else wherever the flags say.
struct Console: Sendable {
    /// Whether progress and remarks are left out.
    var quiet: Bool
    /// Whether standard output is for one JSON object alone.
    var json: Bool

    /// Whether remarks go to a terminal, where a line can be rewritten.
    var isTerminal: Bool { isatty(json ? STDERR_FILENO : STDOUT_FILENO) == 1 }

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

    /// Writes the object of `--json` as one line; nothing without the flag.
    func object(_ value: some Encodable) throws {
        guard json else { return }
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        Self.write(String(decoding: try encoder.encode(value), as: UTF8.self))
    }

    /// Writes a line to standard output.
    static func write(_ text: String, terminator: String = "\n") {
        FileHandle.standardOutput.write(Data((text + terminator).utf8))
    }

    /// Writes a line to standard error.
    static func writeError(_ text: String, terminator: String = "\n") {
        FileHandle.standardError.write(Data((text + terminator).utf8))
    }
}

/// Columns of text that line up.
struct TextTable {
    /// Titles of the columns; none when there is no header.
    var header: [String] = []
    /// The cells.
    var rows: [[String]] = []
    /// Columns that line up at their right end.
    var rightAligned: Set<Int> = []

    /// The lines, each cell padded to the widest of its column.
    var lines: [String] {
        let all = (header.isEmpty ? [] : [header]) + rows
        let columns = all.map(\.count).max() ?? 0
        let widths = (0..<columns).map { column in
            all.map { column < $0.count ? $0[column].count : 0 }.max() ?? 0
        }
        return all.map { cells in
            let padded = cells.enumerated().map { column, cell in
                let space = String(repeating: " ", count: widths[column] - cell.count)
                return rightAligned.contains(column) ? space + cell : cell + space
            }
            let line = padded.joined(separator: "  ")
            return String(line.reversed().drop { $0 == " " }.reversed())
        }
    }
}
