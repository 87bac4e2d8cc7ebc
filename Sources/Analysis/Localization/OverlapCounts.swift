/// Sizes of sets, one a language, and how much every two of them share.
///
/// Counts of several tensors add up, so that layers and whole models follow from tensors.
struct OverlapCounts: Hashable, Sendable {
    /// The sizes of the sets.
    private(set) var sizes: [Int]
    /// What pairs share, in the order of `pairs`.
    private(set) var shared: [Int]

    /// Nothing.
    init(languages: Int) {
        sizes = Array(repeating: 0, count: languages)
        shared = Array(repeating: 0, count: Self.pairs(of: languages).count)
    }

    /// Counts that are known.
    init(sizes: [Int], shared: [Int]) {
        self.sizes = sizes
        self.shared = shared
    }

    /// The pairs of languages, the smaller place first.
    static func pairs(of languages: Int) -> [(first: Int, second: Int)] {
        (0..<languages).flatMap { first in
            ((first + 1)..<max(first + 1, languages)).map { (first, $0) }
        }
    }

    mutating func add(_ other: OverlapCounts) {
        for index in sizes.indices { sizes[index] += other.sizes[index] }
        for index in shared.indices { shared[index] += other.shared[index] }
    }

    static func sum(_ counts: some Sequence<OverlapCounts>) -> OverlapCounts? {
        counts.reduce(nil) { sum, next in
            var sum = sum ?? OverlapCounts(languages: next.sizes.count)
            sum.add(next)
            return sum
        }
    }

    /// |A ∩ B| / |A ∪ B| of a pair; 0 when both sets are empty.
    func jaccard(_ pair: Int) -> Double {
        let (first, second) = Self.pairs(of: sizes.count)[pair]
        return Self.jaccard(sizes[first], sizes[second], Double(shared[pair]))
    }

    static func jaccard(_ first: Int, _ second: Int, _ shared: Double) -> Double {
        let union = Double(first + second) - shared
        return union > 0 ? shared / union : 0
    }
}

/// What chance alone would give two sets of known sizes: in each tensor the number of shared places
/// is hypergeometric, and tensors are independent.
package struct SizeMatchedChance {
    /// The expected number of shared places.
    package private(set) var expected = 0.0
    private var variance = 0.0

    /// No tensor yet.
    package init() {}

    /// Adds a tensor.
    ///
    /// - Parameters:
    ///   - first: The size of one set.
    ///   - second: The size of the other.
    ///   - count: The number of weights.
    package mutating func add(_ first: Int, _ second: Int, of count: Int) {
        guard count > 1 else { return }
        let (a, b, n) = (Double(first), Double(second), Double(count))
        expected += a * b / n
        variance += a * b * (n - a) * (n - b) / (n * n * (n - 1))
    }

    /// How many standard deviations more is shared than chance gives; nil when chance has no
    /// spread.
    package func z(of shared: Int) -> Double? {
        variance > 0 ? (Double(shared) - expected) / variance.squareRoot() : nil
    }
}
