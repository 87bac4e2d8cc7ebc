/// Columns of text that line up, as characters of one width show them.
package struct TextTable: Sendable {
    /// Titles of the columns; none when there is no header.
    package var header: [String]
    /// The cells.
    package var rows: [[String]]
    /// Columns that line up at their right end.
    package var rightAligned: Set<Int>

    /// Describes a table.
    package init(header: [String] = [], rows: [[String]] = [], rightAligned: Set<Int> = []) {
        self.header = header
        self.rows = rows
        self.rightAligned = rightAligned
    }

    /// The lines: each cell padded to the widest of its column, two spaces between columns, no
    /// space at the end.
    ///
    /// - Parameter shown: What is written for the text of a cell.
    /// - Returns: The header where there is one, and the rows.
    package func aligned(_ shown: (String) -> String = { $0 }) -> [String] {
        let all = ((header.isEmpty ? [] : [header]) + rows).map { $0.map(shown) }
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
