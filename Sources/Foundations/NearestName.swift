/// Finds the known name that was probably meant.
package enum NearestName {
    /// ", nearest known: 'x'" when a known name is near enough to be a slip of the pen, else "".
    package static func suggestion(for name: String, among known: [String]) -> String {
        guard let nearest = nearest(to: name, among: known) else { return "" }
        return ", nearest known: '\(nearest)'"
    }

    /// The known name closest to a word, or nil when none is close.
    ///
    /// Close means that at most a third of the longer word's letters are changed, added, dropped or
    /// changed with their neighbour, and one of a word of two. Differences of case and of the sign
    /// between words do not count.
    package static func nearest(to name: String, among known: [String]) -> String? {
        let word = normalized(name)
        guard !word.isEmpty else { return nil }
        let scored = known.map { ($0, distance(word, normalized($0))) }
        guard let best = scored.min(by: { ($0.1, $0.0) < ($1.1, $1.0) }) else { return nil }
        let length = max(word.count, best.0.count)
        return best.1 <= max(1, length / 3) && best.1 < length ? best.0 : nil
    }

    private static func normalized(_ word: String) -> String {
        word.lowercased().replacing("-", with: "_").replacing(" ", with: "_")
    }

    /// How many letters are changed, added, dropped or changed with their neighbour between two
    /// texts (Damerau and Levenshtein, no letter edited twice).
    package static func distance(_ first: String, _ second: String) -> Int {
        let (rows, columns) = (Array(first), Array(second))
        var before: [Int] = []
        var previous = Array(0...columns.count)
        for (row, character) in rows.enumerated() {
            var current = [row + 1]
            for (column, other) in columns.enumerated() {
                var cost = previous[column] + (character == other ? 0 : 1)
                cost = min(cost, previous[column + 1] + 1, current[column] + 1)
                if row > 0, column > 0, character == columns[column - 1], rows[row - 1] == other {
                    cost = min(cost, before[column - 1] + 1)
                }
                current.append(cost)
            }
            (before, previous) = (previous, current)
        }
        return previous[columns.count]
    }
}
