/// The tokens of words that were cut before.
///
/// Words of a text repeat. When it is full it begins again: what is frequent is soon back.
struct WordCache {
    /// A longer word is cut each time.
    static let longestWord = 96
    private static let mostWords = 1 << 15

    private struct Entry {
        let hash: UInt64
        let word: Int32
        let wordCount: Int32
        let token: Int32
        let tokenCount: Int32
    }

    private var entries: [Entry] = []
    private var words: [UInt8] = []
    private var tokens: [Int32] = []
    /// Entry + 1 at each place; 0 is free.
    private var slots = [Int32](repeating: 0, count: 2 * mostWords)

    /// Appends the tokens of a word; false when it is not known.
    func append(_ word: UnsafeBufferPointer<UInt8>, hash: UInt64, to output: inout [Int32]) -> Bool
    {
        var place = Int(truncatingIfNeeded: hash) & (slots.count - 1)
        while true {
            let number = Int(slots[place])
            guard number > 0 else { return false }
            let entry = entries[number - 1]
            if entry.hash == hash, Int(entry.wordCount) == word.count, isEqual(entry, word) {
                let start = Int(entry.token)
                if entry.tokenCount == 1 {
                    output.append(tokens[start])
                } else {
                    output.append(contentsOf: tokens[start..<start + Int(entry.tokenCount)])
                }
                return true
            }
            place = (place + 1) & (slots.count - 1)
        }
    }

    private func isEqual(_ entry: Entry, _ word: UnsafeBufferPointer<UInt8>) -> Bool {
        let start = Int(entry.word)
        for offset in 0..<word.count where words[start + offset] != word[offset] { return false }
        return true
    }

    /// Keeps the tokens of a word that is not known.
    mutating func insert(
        _ word: UnsafeBufferPointer<UInt8>,
        hash: UInt64,
        tokens added: ArraySlice<Int32>
    ) {
        if entries.count >= Self.mostWords { removeAll() }
        var place = Int(truncatingIfNeeded: hash) & (slots.count - 1)
        while slots[place] != 0 { place = (place + 1) & (slots.count - 1) }
        entries.append(
            Entry(
                hash: hash,
                word: Int32(words.count),
                wordCount: Int32(word.count),
                token: Int32(tokens.count),
                tokenCount: Int32(added.count)
            )
        )
        words.append(contentsOf: word)
        tokens.append(contentsOf: added)
        slots[place] = Int32(entries.count)
    }

    private mutating func removeAll() {
        entries.removeAll(keepingCapacity: true)
        words.removeAll(keepingCapacity: true)
        tokens.removeAll(keepingCapacity: true)
        for place in slots.indices { slots[place] = 0 }
    }
}
