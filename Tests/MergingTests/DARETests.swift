import MergeMethods
import TestSupport
import Testing

@Suite("DARE")
struct DARETests {
    private let count = 1_000_000

    /// Which changes are kept: the base is zero and every change is one.
    private func kept(
        _ method: TaskVectorMerge,
        count: Int = 1_000_000,
        tensor: String = "tensor",
        cuts: [Int] = []
    ) -> [Float] {
        let base = [Float](repeating: 0, count: count)
        let ones = [Float](repeating: 1, count: count)
        let lists = [base] + method.terms.map { _ in ones }
        return combine(.taskVectors(method), lists, tensor: tensor, cuts: cuts)
    }

    private func one(_ density: Double, model: String = "math", seed: UInt64 = 1) -> TaskVectorMerge
    {
        TaskVectorMerge.dare([MergeTerm(model, 1)], density: density, seed: seed)
    }

    @Test("The share is kept, enlarged so that the mean remains", arguments: [0.1, 0.5, 0.9])
    func unbiased(density: Double) {
        let values = kept(one(density))
        let isScaled = values.allSatisfy { $0 == 0 || $0 == Float(1 / density) }
        #expect(isScaled)
        let share = Double(values.count { $0 != 0 }) / Double(count)
        // Five standard deviations of a share.
        let deviation = (density * (1 - density) / Double(count)).squareRoot()
        #expect(abs(share - density) < 5 * deviation)
        let mean = values.reduce(0) { $0 + Double($1) } / Double(count)
        #expect(abs(mean - 1) < 5 * deviation / density)
    }

    @Test("Models, tensors and seeds drop entries independently of each other")
    func independence() {
        let first = kept(one(0.5))
        for other in [
            kept(one(0.5, model: "language")), kept(one(0.5, seed: 2)),
            kept(one(0.5), tensor: "other"),
        ] {
            let both = first.indices.count { first[$0] != 0 && other[$0] != 0 }
            // A quarter, within five standard deviations.
            #expect(abs(Double(both) / Double(count) - 0.25) < 5 * (0.1875e-6).squareRoot())
        }
        // Neighbours, and the same place in neighbouring blocks.
        for distance in [1, 4_096] {
            let range = 0..<(count - distance)
            let both = range.count { first[$0] != 0 && first[$0 + distance] != 0 }
            #expect(abs(Double(both) / Double(count) - 0.25) < 0.003)
        }
    }

    @Test("The first entries are those of the documented stream")
    func stream() {
        // By another program, from SplitMix64 and the stream's name.
        let expected: [Float] = [2, 0, 2, 2, 0, 0, 2, 0, 2, 2, 0, 0]
        #expect(kept(one(0.5, seed: 7), count: 12) == expected)
    }

    @Test("Each entry is θ_0 + λ Σ w m τ / p for some m of zeros and ones")
    func formula() {
        let lists = [7, 8, 9].map { sampleValues(20_000, seed: $0) }
        let terms = [MergeTerm("math", 0.75), MergeTerm("language", -0.5)]
        let method = TaskVectorMerge.dare(terms, density: 0.3, lambda: 1.25, seed: 5)
        let found = combine(.taskVectors(method), lists)
        var counts = [0, 0, 0, 0]
        for i in found.indices {
            let base = Double(lists[0][i])
            let steps = zip(terms, lists.dropFirst()).map { term, list in
                term.weight * ((Double(list[i]) - base) / 0.3)
            }
            let choices = [0, steps[0], steps[1], steps[0] + steps[1]].map {
                Float(base + 1.25 * $0)
            }
            guard let choice = choices.firstIndex(of: found[i]) else {
                Issue.record("entry \(i) is \(found[i]), none of \(choices)")
                return
            }
            counts[choice] += 1
        }
        // Shares .49, .21, .21, .09 of 20 000, within five standard deviations of the largest.
        for (count, share) in zip(counts, [0.49, 0.21, 0.21, 0.09]) {
            #expect(abs(Double(count) - share * 20_000) < 354)
        }
    }

    @Test("With everything kept it is task arithmetic; the default weights are an average")
    func whole() {
        let lists = models(2, count: 9_000)
        let terms = [MergeTerm("math", 0.7), MergeTerm("language", 1.1)]
        let dare = TaskVectorMerge.dare(terms, density: 1, lambda: 0.9, seed: 1)
        let sum = TaskVectorMerge.arithmetic(terms, lambda: 0.9)
        #expect(
            bits(combine(.taskVectors(dare), lists)) == bits(combine(.taskVectors(sum), lists))
        )
        #expect(TaskVectorMerge.Kind.dare.standardWeight(of: 2) == 0.5)
    }

    @Test(
        "Parts of a tensor, wherever they end, are the whole",
        arguments: [
            [1], [4_095], [4_096], [4_097], [8_192], [5, 4_100, 4_101, 9_999, 12_288],
        ]
    )
    func parts(cuts: [Int]) {
        let method = TaskVectorMerge.dare(
            [MergeTerm("a", 1), MergeTerm("b", 2)],
            density: 0.4,
            seed: 11
        )
        let whole = kept(method, count: 13_000)
        #expect(kept(method, count: 13_000, cuts: cuts) == whole)
        let lists = models(2, count: 13_000)
        let sum = TensorCombination.taskVectors(
            .arithmetic([MergeTerm("a", 1), MergeTerm("b", 1)])
        )
        #expect(combine(sum, lists, cuts: cuts) == combine(sum, lists))
    }
}
