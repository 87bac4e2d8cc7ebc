import Datasets

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
    /// Close means at most a third of the longer word's letters changed, added or dropped, where
    /// two such edits are always allowed.
    static func nearest(to word: String, among candidates: [String]) -> String? {
        let scored = candidates.map { candidate in
            (candidate, NearestName.distance(normalized(word), normalized(candidate)))
        }
        guard let best = scored.min(by: { ($0.1, $0.0) < ($1.1, $1.0) }) else { return nil }
        let length = max(word.count, best.0.count)
        return best.1 <= max(2, length / 3) && best.1 < length ? best.0 : nil
    }

    /// Differences of case and of the sign between words are not mistakes of spelling.
    private static func normalized(_ word: String) -> String {
        word.lowercased().replacing("-", with: "_").replacing(" ", with: "_")
    }
}
