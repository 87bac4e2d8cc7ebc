/// A search for the numbers from 0 to 1 that score highest.
///
/// It asks for the score of one candidate at a time, and what it asks next depends on nothing but
/// its settings and the scores so far. An interrupted search therefore resumes when it gets the
/// known scores again.
package protocol CoefficientSearch {
    /// The next candidate; nil when the search has come to its end.
    mutating func next() -> [Double]?

    /// Takes the score of the candidate that `next` gave last; higher is better.
    mutating func tell(_ score: Double)
}

/// Goes through the numbers one by one, tries every level for each, and keeps what scores higher;
/// ends when a whole round has changed nothing.
///
/// Of equal scores the earlier candidate stays, so that nothing moves without a gain.
package struct GreedySearch: CoefficientSearch {
    private let levels: [Double]
    private var best: [Double]
    private var bestScore: Double?
    private var asked: [Double]?
    /// The number and the level that are tried next.
    private var place = 0
    private var level = 0
    /// How many numbers were gone through since the last gain.
    private var unchanged = 0

    /// Begins at a candidate.
    ///
    /// - Parameters:
    ///   - start: The first candidate.
    ///   - levels: The values that are tried for each number.
    package init(from start: [Double], levels: [Double]) {
        best = start
        self.levels = levels
    }

    /// The next candidate.
    package mutating func next() -> [Double]? {
        if bestScore == nil {
            asked = best
            return best
        }
        while unchanged < best.count {
            while level < levels.count {
                let value = levels[level]
                level += 1
                if value != best[place] {
                    var candidate = best
                    candidate[place] = value
                    asked = candidate
                    return candidate
                }
            }
            level = 0
            place = (place + 1) % best.count
            unchanged += 1
        }
        return nil
    }

    /// Keeps the candidate when it is better than all before.
    package mutating func tell(_ score: Double) {
        guard let asked else { return }
        if let bestScore, score <= bestScore { return }
        // The number that has just been changed still has levels to try; it counts as gone through
        // when they are done.
        unchanged = bestScore == nil ? 0 : -1
        best = asked
        bestScore = score
    }
}
