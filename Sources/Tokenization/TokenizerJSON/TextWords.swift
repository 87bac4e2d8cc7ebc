/// A text and the words that it is cut into, step by step.
struct TextWords {
    /// The text.
    private(set) var bytes: [UInt8] = []
    /// The words, in order; what lies between them is dropped.
    private(set) var words: [Range<Int>] = []
    /// Whether the text stands at the beginning of everything, as `first` of Metaspace asks.
    private var beginsText = true
    private var next: [Range<Int>] = []
    private var bounds: [Int] = []
    private var segments: [(range: Range<Int>, isMatch: Bool)] = []

    /// Begins with a text as one word.
    mutating func begin(_ text: some Collection<UInt8>, beginsText: Bool) {
        bytes.removeAll(keepingCapacity: true)
        bytes.append(contentsOf: text)
        words.removeAll(keepingCapacity: true)
        if !bytes.isEmpty { words.append(0..<bytes.count) }
        self.beginsText = beginsText
    }

    /// Does one step.
    mutating func apply(_ step: PreTokenizer, scratch: MatchScratch) {
        switch step {
        case .split(let pattern, let behavior, let isInverted):
            split(pattern, behavior, isInverted: isInverted, scratch: scratch)
        case .byteLevel(let addsPrefixSpace, let expression):
            if addsPrefixSpace { prepend([0x20]) { _ in true } }
            if let expression {
                split(.expression(expression), .isolated, isInverted: false, scratch: scratch)
            }
        case .metaspace(let replacement, let scheme, let splits):
            Normalizer.replaceSpaces(with: replacement, in: &bytes, words: &words)
            switch scheme {
            case .never: break
            case .always: prepend(replacement) { _ in true }
            case .first:
                let beginsText = beginsText
                prepend(replacement) { beginsText && $0 == 0 }
            }
            if splits {
                split(.literal(replacement), .mergedWithNext, isInverted: false, scratch: scratch)
            }
        }
        if let first = words.first, first.lowerBound > 0 { beginsText = false }
    }

    /// Puts a prefix before each chosen word that does not begin with it.
    private mutating func prepend(_ prefix: [UInt8], where isChosen: (Int) -> Bool) {
        let lacks = words.filter {
            isChosen($0.lowerBound) && !bytes[$0].starts(with: prefix)
        }
        guard !lacks.isEmpty else { return }
        var result: [UInt8] = []
        result.reserveCapacity(bytes.count + lacks.count * prefix.count)
        var end = 0
        for index in words.indices {
            let word = words[index]
            result.append(contentsOf: bytes[end..<word.lowerBound])
            let start = result.count
            if isChosen(word.lowerBound), !bytes[word].starts(with: prefix) {
                result.append(contentsOf: prefix)
            }
            result.append(contentsOf: bytes[word])
            words[index] = start..<result.count
            end = word.upperBound
        }
        bytes = result
    }

    private mutating func split(
        _ pattern: TextPattern,
        _ behavior: SplitBehavior,
        isInverted: Bool,
        scratch: MatchScratch
    ) {
        next.removeAll(keepingCapacity: true)
        for word in words {
            bounds.removeAll(keepingCapacity: true)
            bytes.withUnsafeBufferPointer { buffer in
                pattern.appendMatches(
                    in: UnsafeBufferPointer(rebasing: buffer[word]),
                    scratch: scratch,
                    to: &bounds
                )
            }
            if behavior == .isolated {
                isolate(in: word)
            } else {
                join(in: word, behavior, isInverted: isInverted)
            }
        }
        if behavior != .isolated { next.removeAll { $0.isEmpty } }
        swap(&words, &next)
    }

    /// Matches and what lies between them are words of their own.
    private mutating func isolate(in word: Range<Int>) {
        var end = word.lowerBound
        for match in stride(from: 0, to: bounds.count, by: 2) {
            let start = word.lowerBound + bounds[match]
            if end < start { next.append(end..<start) }
            end = word.lowerBound + bounds[match + 1]
            if start < end { next.append(start..<end) }
        }
        if end < word.upperBound { next.append(end..<word.upperBound) }
    }

    private mutating func join(
        in word: Range<Int>,
        _ behavior: SplitBehavior,
        isInverted: Bool
    ) {
        segments.removeAll(keepingCapacity: true)
        var end = word.lowerBound
        for match in stride(from: 0, to: bounds.count, by: 2) {
            let start = word.lowerBound + bounds[match]
            if end < start { segments.append((end..<start, isInverted)) }
            end = word.lowerBound + bounds[match + 1]
            segments.append((start..<end, !isInverted))
        }
        if end < word.upperBound { segments.append((end..<word.upperBound, isInverted)) }
        let first = next.count
        switch behavior {
        case .isolated: next += segments.map(\.range)
        case .removed: next += segments.filter { !$0.isMatch }.map(\.range)
        case .contiguous:
            var previous = false
            for (range, isMatch) in segments {
                if isMatch == previous, next.count > first {
                    next[next.count - 1] = next[next.count - 1].lowerBound..<range.upperBound
                } else {
                    next.append(range)
                }
                previous = isMatch
            }
        case .mergedWithPrevious:
            var previous = false
            for (range, isMatch) in segments {
                if isMatch, !previous, next.count > first {
                    next[next.count - 1] = next[next.count - 1].lowerBound..<range.upperBound
                } else {
                    next.append(range)
                }
                previous = isMatch
            }
        case .mergedWithNext:
            var previous = false
            for (range, isMatch) in segments.reversed() {
                if isMatch, !previous, next.count > first {
                    next[next.count - 1] = range.lowerBound..<next[next.count - 1].upperBound
                } else {
                    next.append(range)
                }
                previous = isMatch
            }
            next[first...].reverse()
        }
    }
}

extension Normalizer {
    /// Puts the sign for a space in the place of each space, and moves the words with their text.
    fileprivate static func replaceSpaces(
        with replacement: [UInt8],
        in bytes: inout [UInt8],
        words: inout [Range<Int>]
    ) {
        guard bytes.contains(0x20) else { return }
        var result: [UInt8] = []
        result.reserveCapacity(bytes.count * 2)
        var end = 0
        for index in words.indices {
            result.append(contentsOf: bytes[end..<words[index].lowerBound])
            let start = result.count
            for byte in bytes[words[index]] {
                if byte == 0x20 {
                    result.append(contentsOf: replacement)
                } else {
                    result.append(byte)
                }
            }
            end = words[index].upperBound
            words[index] = start..<result.count
        }
        bytes = result
    }
}
