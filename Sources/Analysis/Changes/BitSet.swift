import Kernels

/// A set of numbers below a limit, one bit each.
package struct BitSet: Hashable, Sendable {
    /// The numbers that can be in the set are those below.
    package let limit: Int
    private var words: [UInt64]

    /// The empty set.
    package init(limit: Int) {
        precondition(limit >= 0, "a set below \(limit)")
        self.limit = limit
        words = Array(repeating: 0, count: (limit + 63) / 64)
    }

    /// Whether a number is in the set; the number is checked.
    package subscript(number: Int) -> Bool {
        get {
            precondition(number >= 0 && number < limit, "\(number) is outside 0..<\(limit)")
            return words[number >> 6] >> UInt64(number & 63) & 1 == 1
        }
        set {
            precondition(number >= 0 && number < limit, "\(number) is outside 0..<\(limit)")
            let bit = UInt64(1) << UInt64(number & 63)
            if newValue { words[number >> 6] |= bit } else { words[number >> 6] &= ~bit }
        }
    }

    /// How many numbers are in the set.
    package var count: Int { words.reduce(0) { $0 + $1.nonzeroBitCount } }

    /// How many numbers are in both sets, which have the same limit.
    package func sharedCount(with other: BitSet) -> Int {
        precondition(limit == other.limit, "sets below \(limit) and \(other.limit)")
        var count = 0
        for index in words.indices { count += (words[index] & other.words[index]).nonzeroBitCount }
        return count
    }

    /// The numbers of this set that are not in another one of the same limit.
    package func subtracting(_ other: BitSet) -> BitSet {
        precondition(limit == other.limit, "sets below \(limit) and \(other.limit)")
        var result = self
        for index in words.indices { result.words[index] &= ~other.words[index] }
        return result
    }

    /// Calls `body` with every number of the set, in rising order.
    package func forEach(_ body: (Int) -> Void) {
        for (index, word) in words.enumerated() {
            var rest = word
            while rest != 0 {
                body(index << 6 + rest.trailingZeroBitCount)
                rest &= rest - 1
            }
        }
    }
}

extension BitSet {
    /// The places of the largest elements of a vector of numbers that are not negative, for each of
    /// some numbers of elements.
    ///
    /// Of equal elements the first ones count as larger.
    ///
    /// - Parameters:
    ///   - wanted: How many, from 0 to all.
    ///   - scores: The vector; no element is negative or not a number.
    /// - Returns: A set for each number.
    package static func largest(_ wanted: [Int], of scores: FloatView) -> [BitSet] {
        LargestElements.places(wanted, of: scores).map { words in
            var set = BitSet(limit: scores.count)
            set.words = words
            return set
        }
    }
}
