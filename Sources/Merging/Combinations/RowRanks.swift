import Kernels

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

    /// Replaces the entries of one row by 0, or by themselves divided by their probability.
    ///
    /// - Parameters:
    ///   - row: The entries; overwritten.
    ///   - chance: Gives one number for each entry, in their order.
    func trim(_ row: UnsafeMutableBufferPointer<Double>, chance: inout SeededGenerator) {
        let order = row.indices.sorted {
            (row[$0].magnitude.bitPattern, $0) < (row[$1].magnitude.bitPattern, $1)
        }
        withUnsafeTemporaryAllocation(of: Double.self, capacity: row.count) { probabilities in
            let step = row.count > 1 ? 2 * epsilon / Double(row.count - 1) : 0
            let lowest = row.count > 1 ? density - epsilon : density
            for (rank, index) in order.enumerated() {
                probabilities.initializeElement(at: index, to: lowest + step * Double(rank))
            }
            for index in row.indices {
                let probability = probabilities[index]
                let enlarged = row[index] / probability
                row[index] = chance.uniform() < probability ? enlarged : 0
            }
        }
    }
}
