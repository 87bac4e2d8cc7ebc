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
    /// The places of the largest elements of a vector of numbers that are not negative.
    ///
    /// Of equal elements the first ones count as larger. Numbers that are not negative have the order
    /// of their bits, so that the smallest element of the set is found digit by digit: the upper and
    /// the lower sixteen bits are counted, one after the other.
    ///
    /// - Parameters:
    ///   - wanted: How many, from 0 to all.
    ///   - scores: The vector; no element is negative or not a number.
    package init(largest wanted: Int, of scores: FloatView) {
        self.init(limit: scores.count)
        precondition(wanted >= 0 && wanted <= scores.count, "\(wanted) of \(scores.count)")
        guard wanted > 0 else { return }
        let upper = Self.digit(ofLargest: wanted, among: scores) { Int($0 >> 16) }
        let lower = Self.digit(ofLargest: upper.wanted, among: scores) { bits in
            bits >> 16 == UInt32(upper.digit) ? Int(bits & 0xFFFF) : nil
        }
        let border = UInt32(upper.digit) << 16 | UInt32(lower.digit)
        // So many that equal the border are in the set.
        var equal = lower.wanted
        for index in 0..<scores.count {
            // The index is below the view's count.
            let bits = scores.base[index].bitPattern
            guard bits >= border else { continue }
            if bits == border {
                if equal == 0 { continue }
                equal -= 1
            }
            words[index >> 6] |= 1 << UInt64(index & 63)
        }
    }

    /// The digit of the `wanted`-th largest element, and how many with that digit are wanted.
    private static func digit(
        ofLargest wanted: Int,
        among scores: FloatView,
        _ digit: (UInt32) -> Int?
    ) -> (digit: Int, wanted: Int) {
        var counts = [Int](repeating: 0, count: 1 << 16)
        counts.withUnsafeMutableBufferPointer { counts in
            for index in 0..<scores.count {
                // The index is below the view's count; a digit has sixteen bits.
                if let digit = digit(scores.base[index].bitPattern) { counts[digit] += 1 }
            }
        }
        var rest = wanted
        var place = counts.count - 1
        while place > 0, counts[place] < rest {
            rest -= counts[place]
            place -= 1
        }
        return (place, rest)
    }
}
