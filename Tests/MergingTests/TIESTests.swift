import MergeMethods
import TestSupport
import Testing

@Suite("TIES")
struct TIESTests {
    /// Ten entries; 4 are kept of each, and of equal magnitudes (2 and −2 of math, 2 and 2 of
    /// language) the first ones.
    private let math: [Float] = [4, -1, 3, 0.5, -6, 0, 2, -2, 1, 0]
    private let language: [Float] = [-5, 2, 1, 8, -3, 0, 2, 1, 0, 0.25]

    private func merge(_ weights: [Double], lambda: Double = 1) -> [Float] {
        let terms = [MergeTerm("math", weights[0]), MergeTerm("language", weights[1])]
        let method = TaskVectorMerge.ties(terms, density: 0.4, lambda: lambda)
        let base = [Float](repeating: 1, count: 10)
        return combine(.taskVectors(method), [base, math.map { $0 + 1 }, language.map { $0 + 1 }])
    }

    @Test("An example by hand: trimmed, a sign elected, what agrees averaged")
    func example() {
        // Kept of math: 4, 3, −6 and the first 2; of language: −5, the first 2, 8, −3.
        // Votes: −1, 2, 3, 8, −9, 0, 2, 0, 0, 0; so entry 0 is −5 alone, entry 4 (−6 − 3) / 2.
        #expect(merge([1, 1], lambda: 2) == [-9, 5, 7, 17, -8, 1, 5, 1, 1, 1])
        // 3 · 4 − 5 = 7 elects math at entry 0; entry 4 is (3 · (−6) − 3) / 4.
        #expect(merge([3, 1]) == [5, 3, 4, 9, -4.25, 1, 3, 1, 1, 1])
        // 5 · 4 − 4 · 5 elects nothing at entry 0.
        #expect(merge([5, 4])[0] == 1)
    }

    @Test("Agreeing weights that cancel each other do not bring back who disagrees")
    func cancellingWeights() {
        let terms = zip(["a", "b", "c"], [1.0, -1, 1]).map { MergeTerm($0, $1) }
        var method = TaskVectorMerge.ties(terms, density: 1)
        method.isNormalized = false
        // Changes of 2, −3 and −1 contribute 2, 3 and −1: the vote is 4, and 2 + 3 agree with it.
        #expect(combine(.taskVectors(method), [[1], [3], [-2], [0]]) == [6])
    }

    @Test("The share of kept entries is rounded, and at least one entry is kept")
    func keptCount() {
        let counts = [1, 2, 7, 8, 10, 100].map { KeptShare.count(of: 0.2, in: $0) }
        #expect(counts == [1, 1, 1, 2, 2, 20])
        #expect([1, 3, 1_000_003].map { KeptShare.count(of: 1, in: $0) } == [1, 3, 1_000_003])
    }

    /// Which entries are among the largest, by sorting.
    private func largest(_ count: Int, of entries: [Double]) -> Set<Int> {
        let order = entries.indices.sorted {
            (-entries[$0].magnitude, $0) < (-entries[$1].magnitude, $1)
        }
        return Set(order.prefix(count))
    }

    private func reference(
        _ lists: [[Float]],
        _ method: TaskVectorMerge,
        density: Double
    ) -> [Float] {
        let base = lists[0].map(Double.init)
        let vectors = lists.dropFirst().map { model in
            let vector = base.indices.map { Double(model[$0]) - base[$0] }
            let kept = largest(KeptShare.count(of: density, in: base.count), of: vector)
            return vector.indices.map { kept.contains($0) ? vector[$0] : 0 }
        }
        return base.indices.map { i in
            var vote = 0.0
            for (term, vector) in zip(method.terms, vectors) { vote += term.weight * vector[i] }
            var sum = 0.0
            var share = 0.0
            for (term, vector) in zip(method.terms, vectors) where vector[i] * vote > 0 {
                sum += term.weight * vector[i]
                share += term.weight
            }
            return share == 0 ? lists[0][i] : Float(base[i] + method.lambda * (sum / share))
        }
    }

    @Test(
        "The same as trimming by sorting, also where many changes have one magnitude",
        arguments: [1, 2, 7, 4_095, 4_097, 10_000],
        [0.001, 0.2, 0.5, 0.99, 1]
    )
    func sorted(count: Int, density: Double) {
        let terms = [MergeTerm("a", 1), MergeTerm("b", 0.75), MergeTerm("c", 2)]
        let method = TaskVectorMerge.ties(terms, density: density, lambda: 0.8)
        for lists in [
            models(3, count: count), models(3, count: count, step: 0x1p-20),
            [sampleValues(count, seed: 9)] + (0..<3).map { sampleValues(count, seed: $0) },
            // Magnitudes over the whole range of Float.
            [[Float](repeating: 0, count: count)]
                + (0..<3).map { model in
                    sampleValues(count, seed: model).map {
                        Float(sign: .plus, exponent: Int(30 * $0), significand: $0)
                    }
                },
        ] {
            let isSame =
                bits(combine(.taskVectors(method), lists))
                == bits(reference(lists, method, density: density))
            #expect(isSame)
        }
    }

    @Test("One model of which everything is kept is that model")
    func whole() {
        let lists = models(1, count: 5_000)
        let method = TaskVectorMerge.ties([MergeTerm("a", 3)], density: 1)
        #expect(combine(.taskVectors(method), lists) == lists[1])
    }

    @Test("Parts of a tensor, wherever they end, are the whole, on any number of threads")
    func parts() {
        // Several parts of the scan; coarse steps, so that the border is one of many equals.
        let lists = models(2, count: 100_000)
        let method = TaskVectorMerge.ties([MergeTerm("a", 1), MergeTerm("b", 2)], density: 0.37)
        let whole = combine(.taskVectors(method), lists)
        #expect(bits(whole) == bits(reference(lists, method, density: 0.37)))
        for threads in [1, 2, 3] {
            let cut = combine(
                .taskVectors(method),
                lists,
                cuts: [1, 4_095, 32_768, 70_001],
                threads: threads
            )
            #expect(cut == whole)
        }
    }

    @Test("Largest entries are found among millions, spread or equal")
    func manyEntries() {
        // More entries have the first digits of the border than are collected at once.
        let count = 3_000_000
        let base = [Float](repeating: 0, count: count)
        let spread = (0..<count).map { 1 + Float(($0 &* 7_919) % count) * 0x1p-23 }
        let equal = (0..<count).map { Float($0 % 3) }
        for values in [spread, equal] {
            let method = TaskVectorMerge.ties([MergeTerm("a", 1)], density: 0.5)
            let found = combine(.taskVectors(method), [base, values], threads: 2)
            let kept = largest(count / 2, of: values.map(Double.init))
            let isSame = found.indices.allSatisfy {
                found[$0] == (kept.contains($0) ? values[$0] : 0)
            }
            #expect(isSame)
        }
    }
}
