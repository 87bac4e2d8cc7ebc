/// p values that know how many comparisons were made.
///
/// Adjusted values keep the order of the given ones, never fall below them and never exceed 1;
/// calling those below .05 significant holds the named error at 5 % for the whole family.
package enum MultipleComparisons {
    /// Holm's step-down method (1979): the probability of any false discovery in the family.
    ///
    /// With p₍₁₎ ≤ … ≤ p₍ₘ₎ the adjusted value of rank i is max over j ≤ i of
    /// min(1, (m − j + 1) p₍ⱼ₎). It assumes nothing about how the tests depend on each other.
    package static func holm(_ p: [Double]) -> [Double] {
        let order = ascending(p)
        var adjusted = p
        var largest = 0.0
        for (rank, index) in order.enumerated() {
            largest = max(largest, min(1, Double(p.count - rank) * p[index]))
            adjusted[index] = largest
        }
        return adjusted
    }

    /// Takes some tests as one family: sets their `adjustedP` by Holm's method and `comparisons`.
    package static func adjusted(_ tests: [PairedTest]) -> [PairedTest] {
        zip(tests, holm(tests.map(\.p))).map { test, p in
            var test = test
            test.adjustedP = p
            test.comparisons = tests.count
            return test
        }
    }

    private static func ascending(_ p: [Double]) -> [Int] {
        p.indices.sorted { (p[$0], $0) < (p[$1], $1) }
    }
}
