/// A token that is found in the text before it is cut: a symbol such as `<|im_start|>`, or one that
/// was added to a vocabulary later.
struct AddedToken: Sendable {
    let token: Int32
    let text: String
    /// Whether it stands for something else than text.
    let isSpecial: Bool
    /// Whether it is found in the text after normalization.
    let isNormalized: Bool
    /// Whether it is found only where no letter or digit touches it.
    let isSingleWord: Bool
    /// Whether it takes the white space before it.
    let takesLeft: Bool
    /// Whether it takes the white space behind it.
    let takesRight: Bool

    /// Reads an entry of `added_tokens`.
    ///
    /// - Throws: `TokenizerError`.
    init(_ node: JSONNode) throws(TokenizerError) {
        let number = try node.required("id")
        guard try number.natural() < TokenizerJSONModel.mostTokens else {
            throw number.malformed("is \(number.shown), more than any vocabulary has")
        }
        token = Int32(try number.natural())
        text = try node.required("content").text()
        isSpecial = try node.flag("special", false)
        isNormalized = try node.flag("normalized", !isSpecial)
        isSingleWord = try node.flag("single_word", false)
        takesLeft = try node.flag("lstrip", false)
        takesRight = try node.flag("rstrip", false)
        guard !text.isEmpty else { throw node.malformed("is an empty token") }
    }
}

extension AddedToken {
    /// A symbol of another kind of model, which is itself and nothing around it.
    init(symbol: String, token: Int32) {
        (self.token, text, isSpecial, isNormalized) = (token, symbol, true, false)
        (isSingleWord, takesLeft, takesRight) = (false, false, false)
    }
}

/// Finds added tokens in a text: from left to right, at each place the longest.
struct AddedTokenFinder: Sendable {
    /// A part of a text.
    struct Section {
        let range: Range<Int>
        /// The token that it is; nil for text.
        let token: Int32?
    }

    private struct Entry: Sendable {
        let text: [UInt8]
        let token: AddedToken
    }

    /// In the order of their bytes.
    private let entries: [Entry]
    /// Where the entries that begin with each byte begin; the end at last.
    private let firsts: [Int]
    private let tokens: Set<Int32>

    /// Takes tokens and the texts that are looked for.
    init(_ tokens: [(text: [UInt8], token: AddedToken)]) {
        let sorted = tokens.filter { !$0.text.isEmpty }
            .sorted { $0.text.lexicographicallyPrecedes($1.text) }
        entries = sorted.map { Entry(text: $0.text, token: $0.token) }
        self.tokens = Set(tokens.map(\.token.token))
        var firsts = [Int](repeating: 0, count: 257)
        for entry in entries { firsts[Int(entry.text[0]) + 1] += 1 }
        for byte in 0..<256 { firsts[byte + 1] += firsts[byte] }
        self.firsts = firsts
    }

    /// Whether there are none.
    var isEmpty: Bool { entries.isEmpty }

    /// Whether a token is among them.
    func contains(_ token: Int32) -> Bool { tokens.contains(token) }

    /// Cuts a text at the tokens that are in it.
    ///
    /// - Parameters:
    ///   - text: The text.
    ///   - isFound: Whether a token that was found at a place counts; where not, it is text.
    /// - Returns: All parts, in order.
    func sections(
        of text: UnsafeBufferPointer<UInt8>,
        where isFound: (AddedToken, Range<Int>) -> Bool
    ) -> [Section] {
        var sections: [Section] = []
        var end = 0
        var place = 0
        while place < text.count {
            guard let entry = longest(at: place, of: text) else {
                place += 1
                continue
            }
            var range = place..<place + entry.text.count
            place = range.upperBound
            guard isFound(entry.token, range), isWhole(entry.token, range, text) else { continue }
            if entry.token.takesLeft {
                range = max(end, spaceBefore(range.lowerBound, of: text))..<range.upperBound
            }
            if entry.token.takesRight {
                range = range.lowerBound..<spaceBehind(range.upperBound, of: text)
            }
            if end < range.lowerBound {
                sections.append(Section(range: end..<range.lowerBound, token: nil))
            }
            sections.append(Section(range: range, token: entry.token.token))
            end = range.upperBound
        }
        if end < text.count { sections.append(Section(range: end..<text.count, token: nil)) }
        return sections
    }

    /// The longest entry at a place: entries with a common beginning stand together.
    private func longest(at place: Int, of text: UnsafeBufferPointer<UInt8>) -> Entry? {
        let first = Int(text[place])
        var (low, high) = (firsts[first], firsts[first + 1])
        var found: Entry?
        var depth = 1
        while low < high {
            // The shortest of a group with a common beginning comes first.
            while low < high, entries[low].text.count == depth {
                found = entries[low]
                low += 1
            }
            guard low < high, place + depth < text.count else { break }
            let byte = text[place + depth]
            low = bound(low..<high) { $0.text[depth] >= byte }
            high = bound(low..<high) { $0.text[depth] > byte }
            depth += 1
        }
        return found
    }

    /// The first entry of a range for which something holds, which then holds for all that follow.
    private func bound(_ range: Range<Int>, _ holds: (Entry) -> Bool) -> Int {
        var (low, high) = (range.lowerBound, range.upperBound)
        while low < high {
            let middle = (low + high) / 2
            if holds(entries[middle]) { high = middle } else { low = middle + 1 }
        }
        return low
    }

    private func isWhole(
        _ token: AddedToken,
        _ range: Range<Int>,
        _ text: UnsafeBufferPointer<UInt8>
    ) -> Bool {
        guard token.isSingleWord else { return true }
        let isJoinedLeft =
            range.lowerBound > 0
            && Self.isWord(UTF8Text.scalar(before: range.lowerBound, of: text).0)
        let isJoinedRight =
            range.upperBound < text.count
            && Self.isWord(UTF8Text.scalar(at: range.upperBound, of: text).0)
        return !isJoinedLeft && !isJoinedRight
    }

    private func spaceBefore(_ end: Int, of text: UnsafeBufferPointer<UInt8>) -> Int {
        var place = end
        while place > 0 {
            let (scalar, length) = UTF8Text.scalar(before: place, of: text)
            guard scalar.properties.isWhitespace else { break }
            place -= length
        }
        return place
    }

    private func spaceBehind(_ start: Int, of text: UnsafeBufferPointer<UInt8>) -> Int {
        var place = start
        while place < text.count {
            let (scalar, length) = UTF8Text.scalar(at: place, of: text)
            guard scalar.properties.isWhitespace else { break }
            place += length
        }
        return place
    }

    /// Whether a character is part of a word: Unicode Technical Standard 18, `\w`.
    private static func isWord(_ scalar: Unicode.Scalar) -> Bool {
        let properties = scalar.properties
        if properties.isAlphabetic || properties.isJoinControl { return true }
        return switch properties.generalCategory {
        case .nonspacingMark, .spacingMark, .enclosingMark, .decimalNumber, .connectorPunctuation:
            true
        default: false
        }
    }
}

extension UTF8Text {
    /// The character that ends before a place, and its bytes; `place` is above 0.
    static func scalar(
        before place: Int,
        of bytes: UnsafeBufferPointer<UInt8>
    ) -> (Unicode.Scalar, length: Int) {
        var start = place - 1
        while start > 0, bytes[start] & 0xC0 == 0x80 { start -= 1 }
        return (scalar(at: start, of: bytes).0, place - start)
    }
}
