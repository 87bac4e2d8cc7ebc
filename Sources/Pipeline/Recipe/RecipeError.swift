/// Something in a recipe that cannot be used, with the place to look.
package struct RecipeError: Error, Hashable, Sendable, CustomStringConvertible {
    /// Where it stands: `quickstart.yaml:12`, or the `--set` that brought it.
    package var place: String
    /// What was found, what was expected, and what to do.
    package var problem: String

    /// Describes a problem at a place.
    package init(place: String, problem: String) {
        self.place = place
        self.problem = problem
    }

    /// The place and the problem on one line.
    package var description: String { "\(place): \(problem)" }
}

/// Finds the word that somebody probably meant.
enum NearestWord {
    /// The candidate closest to `word`, or nil when none is close.
    ///
    /// Close means at most a third of the longer word's letters changed, added, dropped or swapped
    /// with a neighbour, and never fewer than two such edits allowed.
    static func nearest(to word: String, among candidates: [String]) -> String? {
        let scored = candidates.map { ($0, distance(normalized(word), normalized($0))) }
        guard let best = scored.min(by: { ($0.1, $0.0) < ($1.1, $1.0) }) else { return nil }
        let allowed = max(2, max(word.count, best.0.count) / 3)
        return best.1 <= allowed && best.1 < max(word.count, best.0.count) ? best.0 : nil
    }

    /// Differences of case and of the sign between words are not mistakes of spelling.
    private static func normalized(_ word: String) -> [Character] {
        word.lowercased().map { $0 == "-" || $0 == " " ? "_" : $0 }
    }

    /// The Damerau-Levenshtein distance (adjacent swaps count once, optimal string alignment).
    private static func distance(_ first: [Character], _ second: [Character]) -> Int {
        if first.isEmpty || second.isEmpty { return max(first.count, second.count) }
        var table = [[Int]](
            repeating: [Int](repeating: 0, count: second.count + 1),
            count: first.count + 1
        )
        for i in 0...first.count { table[i][0] = i }
        for j in 0...second.count { table[0][j] = j }
        for i in 1...first.count {
            for j in 1...second.count {
                let substitution = table[i - 1][j - 1] + (first[i - 1] == second[j - 1] ? 0 : 1)
                table[i][j] = min(substitution, table[i - 1][j] + 1, table[i][j - 1] + 1)
                if i > 1, j > 1, first[i - 1] == second[j - 2], first[i - 2] == second[j - 1] {
                    table[i][j] = min(table[i][j], table[i - 2][j - 2] + 1)
                }
            }
        }
        return table[first.count][second.count]
    }
}
