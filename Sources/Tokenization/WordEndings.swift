/// Finds the words that the trainer of unigram models could not make a piece of.
///
/// SentencePiece takes its first candidates from a suffix array of the corpus, and there a string
/// is a candidate only if two different characters follow it somewhere. A word before a space, each
/// time it occurs, never is one (no piece goes on beyond the space), however frequent it is: in a
/// corpus of templates those are the most frequent words, and each would stay cut into fragments.
/// One more occurrence with another ending makes such a word a candidate; the trainer still
/// decides.
struct WordEndings {
    /// The fewest occurrences of a word that is helped: one more changes its count by 5 % or less.
    static let fewestOccurrences = 20

    /// What has been seen of one word.
    private struct Seen {
        var occurrences = 0
        /// What followed the first time; nil is a space or the end.
        var ending: Unicode.Scalar?
        var endings = 1
    }

    private var words: [Substring: Seen] = [:]

    /// Counts the words of a sentence and what follows each.
    mutating func count(_ sentence: String) {
        for token in sentence.split(whereSeparator: \.isWhitespace) {
            // By scalars: "న్" and a sign after it are one character to Swift and two to the
            // library.
            let scalars = token.unicodeScalars
            guard let last = scalars.lastIndex(where: { !Self.isPunctuation($0) }) else { continue }
            let end = scalars.index(after: last)
            let ending = end < scalars.endIndex ? scalars[end] : nil
            let word = token[..<end]
            var seen = words[word] ?? Seen(ending: ending)
            seen.occurrences += 1
            if seen.ending != ending { seen.endings = 2 }
            words[word] = seen
        }
    }

    /// Each frequent word that always has the same ending, once with another one, in the words'
    /// order.
    var missing: [String] {
        words.compactMap { word, seen in
            guard seen.endings == 1, seen.occurrences >= Self.fewestOccurrences,
                word.unicodeScalars.contains(where: \.properties.isAlphabetic)
            else { return nil }
            return seen.ending == nil ? "\(word)." : String(word)
        }.sorted { $0.unicodeScalars.lexicographicallyPrecedes($1.unicodeScalars) }
    }

    private static func isPunctuation(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.properties.generalCategory {
        case .connectorPunctuation, .dashPunctuation, .openPunctuation, .closePunctuation,
            .initialPunctuation, .finalPunctuation, .otherPunctuation:
            true
        default: false
        }
    }
}
