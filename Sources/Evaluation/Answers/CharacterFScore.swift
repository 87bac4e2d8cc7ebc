/// chrF: the F-score of character n-grams (Popović, 2015), computed as sacreBLEU 2 does.
///
/// For each n from 1 to 6 precision is the share of the reply's n-grams that the right text has,
/// and recall the reverse, with repeated n-grams matched once each. Both are averaged over the
/// orders in which both texts have n-grams; then F = (1 + β²) P R / (β² P + R) with β = 2, so that
/// recall weighs more. Characters are Unicode scalars; white space is left out, and letter case
/// counts. The score is a share from 0 to 1; sacreBLEU prints it times 100.
package struct CharacterFScore: Hashable, Sendable {
    /// The longest n-grams.
    package static let order = 6
    /// How much more recall weighs than precision.
    package static let beta = 2.0

    /// For each order the n-grams of the reply, of the right text, and those they share.
    private var replyCounts: [Int]
    private var goldCounts: [Int]
    private var matches: [Int]

    /// Counts of nothing, to which texts are added.
    package init() {
        replyCounts = Array(repeating: 0, count: Self.order)
        goldCounts = replyCounts
        matches = replyCounts
    }

    /// Compares a reply with the right text.
    package init(reply: String, gold: String) {
        self.init()
        let replyScalars = Self.scalars(of: reply)
        let goldScalars = Self.scalars(of: gold)
        for length in 1...Self.order {
            let replyGrams = Self.grams(of: replyScalars, length: length)
            let goldGrams = Self.grams(of: goldScalars, length: length)
            goldCounts[length - 1] = max(0, goldScalars.count - length + 1)
            // An order that the right text is too short for says nothing about the reply.
            guard !goldGrams.isEmpty else { continue }
            replyCounts[length - 1] = max(0, replyScalars.count - length + 1)
            matches[length - 1] = replyGrams.reduce(0) { sum, entry in
                sum + min(entry.value, goldGrams[entry.key] ?? 0)
            }
        }
    }

    /// The score, from 0 to 1; 0 when a text has no characters.
    package var value: Double {
        var precision = 0.0
        var recall = 0.0
        var orders = 0.0
        for index in 0..<Self.order where replyCounts[index] > 0 && goldCounts[index] > 0 {
            precision += Double(matches[index]) / Double(replyCounts[index])
            recall += Double(matches[index]) / Double(goldCounts[index])
            orders += 1
        }
        guard precision + recall > 0 else { return 0 }
        let square = Self.beta * Self.beta
        return (1 + square) * precision * recall / (square * precision + recall) / orders
    }

    /// The counts of two sets of texts together: the score of a corpus is that of its sum.
    package static func + (a: CharacterFScore, b: CharacterFScore) -> CharacterFScore {
        a.combined(with: b, sign: 1)
    }

    /// The counts of a set of texts without those of a part of it.
    package static func - (a: CharacterFScore, b: CharacterFScore) -> CharacterFScore {
        a.combined(with: b, sign: -1)
    }

    private func combined(with other: CharacterFScore, sign: Int) -> CharacterFScore {
        var result = self
        for index in 0..<Self.order {
            result.replyCounts[index] += sign * other.replyCounts[index]
            result.goldCounts[index] += sign * other.goldCounts[index]
            result.matches[index] += sign * other.matches[index]
        }
        return result
    }

    private static func scalars(of text: String) -> [Unicode.Scalar] {
        text.unicodeScalars.filter { !$0.properties.isWhitespace }
    }

    private static func grams(of scalars: [Unicode.Scalar], length: Int)
        -> [ArraySlice<Unicode.Scalar>: Int]
    {
        var counts: [ArraySlice<Unicode.Scalar>: Int] = [:]
        guard scalars.count >= length else { return counts }
        for start in 0...(scalars.count - length) {
            counts[scalars[start..<start + length], default: 0] += 1
        }
        return counts
    }
}
