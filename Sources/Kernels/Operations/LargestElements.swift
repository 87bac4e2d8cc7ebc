import CProcessor

/// Finds the largest elements of a vector of numbers that are not negative.
///
/// Numbers that are not negative have the order of their bits. Their upper sixteen bits are counted
/// once for all that is asked; then one pass marks what is above the digit in which the smallest
/// wanted element lies, and only the few elements with that digit are looked at more closely.
package enum LargestElements {
    /// The places of the largest elements, one bit each, the first place in the lowest bit.
    ///
    /// Of equal elements the first ones count as larger.
    ///
    /// - Parameters:
    ///   - wanted: How many, from 0 to all; several numbers cost little more than one.
    ///   - scores: The vector; no element is negative or not a number.
    /// - Returns: For each number of elements ⌈count / 64⌉ words.
    package static func places(_ wanted: [Int], of scores: FloatView) -> [[UInt64]] {
        precondition(
            wanted.allSatisfy { $0 >= 0 && $0 <= scores.count },
            "\(wanted) of \(scores.count)"
        )
        var counts = [Int](repeating: 0, count: digitCount)
        counts.withUnsafeMutableBufferPointer { counts in
            for index in 0..<scores.count {
                // The index is below the view's count; a digit has sixteen bits.
                counts[Int(scores.base[index].bitPattern >> 16)] += 1
            }
        }
        return wanted.map { wanted in
            guard wanted > 0 else { return [UInt64](repeating: 0, count: (scores.count + 63) / 64) }
            let border = border(of: wanted, in: counts)
            return places(of: scores, border: border.digit, wanted: border.rest)
        }
    }

    private static let digitCount = 1 << 16

    /// The digit of the `wanted`-th largest element, and how many with that digit are wanted.
    private static func border(of wanted: Int, in counts: [Int]) -> (digit: Int, rest: Int) {
        var rest = wanted
        var digit = counts.count - 1
        while digit > 0, counts[digit] < rest {
            rest -= counts[digit]
            digit -= 1
        }
        return (digit, rest)
    }

    /// All places above a digit, and the largest `wanted` of those with it.
    private static func places(of scores: FloatView, border: Int, wanted: Int) -> [UInt64] {
        let from = Float(bitPattern: UInt32(border) << 16)
        // Behind infinity come patterns that are no numbers, which nothing reaches.
        let above = Float(bitPattern: UInt32(min(border + 1, digitCount - 1)) << 16)
        var words = [UInt64](repeating: 0, count: (scores.count + 63) / 64)
        var places: [Int] = []
        for number in words.indices {
            let (reached, certain) = bits(of: scores, word: number, from: from, above: above)
            words[number] = certain
            var open = reached & ~certain
            while open != 0 {
                places.append(number << 6 + open.trailingZeroBitCount)
                open &= open - 1
            }
        }
        var counts = [Int](repeating: 0, count: digitCount)
        for place in places { counts[Int(scores[place].bitPattern & 0xFFFF)] += 1 }
        let lowest = self.border(of: wanted, in: counts)
        // So many that equal the border are wanted.
        var equal = lowest.rest
        for place in places {
            let digit = Int(scores[place].bitPattern & 0xFFFF)
            guard digit >= lowest.digit else { continue }
            if digit == lowest.digit {
                if equal == 0 { continue }
                equal -= 1
            }
            words[place >> 6] |= 1 << UInt64(place & 63)
        }
        return words
    }

    /// Which of 64 elements are at least one number, and which at least another one.
    @inline(__always)
    private static func bits(
        of scores: FloatView,
        word: Int,
        from: Float,
        above: Float
    ) -> (from: UInt64, above: UInt64) {
        let first = word << 6
        var result: (from: UInt64, above: UInt64) = (0, 0)
        if first + 64 <= scores.count {
            for shift in stride(from: 0, to: 64, by: laneCount) {
                // All 64 elements are below the view's count.
                let values = load(scores.base + first + shift)
                result.from |= UInt64(processor_bits_at_least(values, from)) << UInt64(shift)
                result.above |= UInt64(processor_bits_at_least(values, above)) << UInt64(shift)
            }
            return result
        }
        for index in first..<scores.count {
            let bit = UInt64(1) << UInt64(index - first)
            if scores[index] >= from { result.from |= bit }
            if scores[index] >= above { result.above |= bit }
        }
        return result
    }
}
