/// Tells to which of two languages a token belongs, by how often texts of both have it.
package struct TokenLanguages: Sendable {
    /// What a token is.
    package enum Kind: String, Codable, CaseIterable, Sendable {
        /// Of the first language.
        case first
        /// Of the second.
        case second
        /// Of both, as digits and marks are.
        case shared
        /// In no text.
        case unseen
    }

    private let kinds: [Kind]

    /// A token belongs to a language when its share of that language's tokens is so many times its
    /// share of the other's.
    private static let ratio = 9.0

    /// Counts tokens.
    ///
    /// - Parameters:
    ///   - first: Texts of the first language as tokens.
    ///   - second: Texts of the second.
    ///   - vocabularySize: Every token is below it.
    package init(first: [[Int32]], second: [[Int32]], vocabularySize: Int) {
        func counts(_ texts: [[Int32]]) -> [Double] {
            var counts = [Double](repeating: 0, count: vocabularySize)
            for token in texts.joined() where token >= 0 && Int(token) < vocabularySize {
                counts[Int(token)] += 1
            }
            return counts
        }
        let (a, b) = (counts(first), counts(second))
        let (totalA, totalB) = (max(1, a.reduce(0, +)), max(1, b.reduce(0, +)))
        kinds = zip(a, b).map { a, b in
            // Half an occurrence more, so that one single occurrence does not decide.
            let (shareA, shareB) = ((a + 0.5) / totalA, (b + 0.5) / totalB)
            if a + b == 0 { return .unseen }
            if shareA >= Self.ratio * shareB { return .first }
            return shareB >= Self.ratio * shareA ? .second : .shared
        }
    }

    /// What a token is; one that the vocabulary does not have is in no text.
    package subscript(token: Int32) -> Kind {
        kinds.indices.contains(Int(token)) ? kinds[Int(token)] : .unseen
    }
}
