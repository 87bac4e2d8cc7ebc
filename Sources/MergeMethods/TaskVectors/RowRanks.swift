import Foundations

/// Keeps entries of a row with a probability that follows their rank (DELLA).
///
/// With n entries in a row and the smallest magnitude at rank 0:
///
///     p = density − epsilon + 2 epsilon · rank / (n − 1)
///
/// and `density` for a row of one. Of equal magnitudes the first has the lower rank.
struct RowRanks {
    /// The share of entries that is kept, on average.
    let density: Double
    /// How far the probabilities of the smallest and the largest entry lie from it.
    let epsilon: Double
    /// Whether what is kept is divided by its probability.
    var enlarges = true

    /// Replaces the entries of one row by 0, or by themselves divided by their probability.
    ///
    /// - Parameters:
    ///   - row: The entries; overwritten.
    ///   - chance: Gives one random number for each entry, in their order.
    func trim(_ row: UnsafeMutableBufferPointer<Double>, chance: inout SeededGenerator) {
        let count = row.count
        withUnsafeTemporaryAllocation(of: UInt64.self, capacity: count) { bits in
            for index in 0..<count {
                bits.initializeElement(at: index, to: row[index].magnitude.bitPattern)
            }
            withUnsafeTemporaryAllocation(of: Int32.self, capacity: 2 * count) { room in
                room.initialize(repeating: 0)
                let order = Self.order(UnsafeBufferPointer(bits), room)
                // The bits have done their work; their room takes the probabilities.
                let step = count > 1 ? 2 * epsilon / Double(count - 1) : 0
                let lowest = count > 1 ? density - epsilon : density
                for rank in 0..<count {
                    bits[Int(order[rank])] = (lowest + step * Double(rank)).bitPattern
                }
            }
            for index in 0..<count {
                let probability = Double(bitPattern: bits[index])
                let enlarged = enlarges ? row[index] / probability : row[index]
                row[index] = chance.uniform() < probability ? enlarged : 0
            }
        }
    }

    private static let digitBits = 11
    private static let bucketCount = 1 << digitBits

    /// The indices of keys from the smallest to the largest, equal ones in their order.
    ///
    /// Digit by digit from the lowest, each time keeping the order before (radix sort); digits that
    /// are the same in all keys are passed over, as the low ones are where models are stored in
    /// half precision.
    ///
    /// - Parameters:
    ///   - keys: The keys.
    ///   - room: Twice as many indices.
    /// - Returns: One half of `room`.
    private static func order(
        _ keys: UnsafeBufferPointer<UInt64>,
        _ room: UnsafeMutableBufferPointer<Int32>
    ) -> UnsafeMutableBufferPointer<Int32> {
        let count = keys.count
        var from = UnsafeMutableBufferPointer(rebasing: room[0..<count])
        var to = UnsafeMutableBufferPointer(rebasing: room[count..<2 * count])
        for index in 0..<count { from[index] = Int32(truncatingIfNeeded: index) }
        let first = keys.first ?? 0
        let differing = keys.reduce(0) { $0 | ($1 ^ first) }
        withUnsafeTemporaryAllocation(of: Int32.self, capacity: bucketCount) { places in
            for shift in stride(from: 0, to: 64, by: digitBits)
            where differing >> UInt64(shift) & UInt64(bucketCount - 1) != 0 {
                func digit(_ index: Int32) -> Int {
                    Int(truncatingIfNeeded: keys[Int(index)] >> UInt64(shift)) & (bucketCount - 1)
                }
                places.initialize(repeating: 0)
                for index in 0..<count { places[digit(Int32(truncatingIfNeeded: index))] += 1 }
                var next: Int32 = 0
                for bucket in 0..<bucketCount {
                    let size = places[bucket]
                    places[bucket] = next
                    next += size
                }
                for place in 0..<count {
                    let index = from[place]
                    let bucket = digit(index)
                    to[Int(places[bucket])] = index
                    places[bucket] += 1
                }
                swap(&from, &to)
            }
        }
        return from
    }
}
