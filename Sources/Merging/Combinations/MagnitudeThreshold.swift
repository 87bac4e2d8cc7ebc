/// The border between the largest entries of a task vector and the others.
///
/// Entries are compared by the bits of their magnitude, which have the order of the magnitudes;
/// what is not a number counts as largest, so that trimming does not hide it. Of equal magnitudes
/// those that come first are larger.
struct MagnitudeThreshold {
    /// The bits of the smallest magnitude that is kept.
    private let bits: UInt64
    /// Entries of exactly that magnitude are kept below this index.
    private let end: Int

    /// Whether the entry at an index is among the largest.
    @inline(__always)
    func keeps(_ entry: Double, at index: Int) -> Bool {
        let bits = entry.magnitude.bitPattern
        return bits > self.bits || bits == self.bits && index < end
    }

    /// Memory that finding a border needs, for one border after the other.
    struct Scratch: ~Copyable {
        /// Buckets of a digit: those of the exponent, and more than those of the other digits.
        fileprivate static let bucketCount = 1 << 11

        fileprivate let patterns: UnsafeMutableBufferPointer<UInt64>
        fileprivate let buckets: UnsafeMutableBufferPointer<Int>

        /// Memory for task vectors of at most `count` entries.
        init(count: Int) {
            patterns = .allocate(capacity: count)
            patterns.initialize(repeating: 0)
            buckets = .allocate(capacity: Self.bucketCount)
            buckets.initialize(repeating: 0)
        }

        deinit {
            patterns.deallocate()
            buckets.deallocate()
        }
    }

    /// The lowest bit of each digit: the exponent's, then those of the fraction.
    private static let digits = [52, 41, 30, 20, 10, 0]

    /// Finds the border of the `count` largest entries.
    ///
    /// Counts the highest digit of all magnitudes, which tells the digit of the border, keeps the
    /// magnitudes that have it, and goes on with their next digit. Few remain after the second.
    ///
    /// - Parameters:
    ///   - count: How many entries are kept, from 1 to all of them.
    ///   - vector: The entries.
    ///   - scratch: Memory for at least as many entries as the vector has.
    init(ofLargest count: Int, in vector: TaskVector, using scratch: borrowing Scratch) {
        precondition(count >= 1 && count <= vector.count, "\(count) of \(vector.count) entries")
        precondition(vector.count <= scratch.patterns.count, "scratch for a smaller vector")
        let (patterns, buckets) = (scratch.patterns, scratch.buckets)
        for i in 0..<vector.count { patterns[i] = vector[i].magnitude.bitPattern }
        var remaining = vector.count
        var wanted = count
        var border: UInt64 = 0
        for digit in Self.digits {
            let mask = UInt64(Scratch.bucketCount - 1)
            buckets.update(repeating: 0)
            // What remains agrees in all higher digits, so that those within the mask do no harm.
            for i in 0..<remaining { buckets[Int(patterns[i] >> digit & mask)] += 1 }
            // Ends at bucket 0 or before: at least as many entries as are wanted were counted.
            var bucket = Scratch.bucketCount - 1
            while buckets[bucket] < wanted {
                wanted -= buckets[bucket]
                bucket -= 1
            }
            var matching = 0
            for i in 0..<remaining {
                let pattern = patterns[i]
                patterns[matching] = pattern
                matching += Int(pattern >> digit & mask) == bucket ? 1 : 0
            }
            remaining = matching
            border = (patterns[0] >> digit) << digit
            if remaining == wanted {
                // All that remain are kept, so that the lowest magnitude of the digit is the border.
                bits = border
                end = vector.count
                return
            }
        }
        var index = 0
        while wanted > 0 {
            if vector[index].magnitude.bitPattern == border { wanted -= 1 }
            index += 1
        }
        bits = border
        end = index
    }
}
