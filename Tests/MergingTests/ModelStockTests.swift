import Foundation
import MergeMethods
import TestSupport
import Testing

@Suite("Model stock")
struct ModelStockTests {
    private let stock = TensorCombination.modelStock(ModelStock(["a", "b"]))

    @Test("Two changes at an angle of 60 degrees: two thirds of the way to their mean")
    func example() {
        // cos = 1/2, so t = 2 · 1/2 / (1 + 1/2).
        let base: [Float] = [10, -10]
        let first: [Float] = [12, -10]
        let second: [Float] = [11, -10 + Float(3.0.squareRoot())]
        let found = combine(stock, [base, first, second])
        #expect(abs(found[0] - (10 + 1.5 * 2 / 3)) < 1e-5)
        #expect(abs(found[1] - Float(-10 + 3.0.squareRoot() / 2 * 2 / 3)) < 1e-5)
    }

    @Test("Equal changes lead to them, contradicting ones and none leave the base")
    func ends() {
        let base = sampleValues(1_000, seed: 1)
        let changed = zip(base, sampleValues(1_000, seed: 2)).map { $0 + $1 }
        let opposite = zip(base, sampleValues(1_000, seed: 2)).map { $0 - $1 }
        let same = combine(stock, [base, changed, changed])
        #expect(zip(same, changed).allSatisfy { abs($0 - $1) < 1e-6 })
        #expect(combine(stock, [base, changed, opposite]) == base)
        #expect(combine(stock, [base, base, base]) == base)
        #expect(combine(stock, [base, changed, base]) == base)
    }

    @Test("Three models: the formula with the mean cosine of all pairs")
    func three() {
        let lists = [5, 6, 7, 8].map { sampleValues(70_000, seed: $0) }
        let base = lists[0].map(Double.init)
        let changes = lists.dropFirst().map { list in
            base.indices.map { Double(list[$0]) - base[$0] }
        }
        func dot(_ a: [Double], _ b: [Double]) -> Double {
            zip(a, b).reduce(0) { $0 + $1.0 * $1.1 }
        }
        func cosine(_ i: Int, _ j: Int) -> Double {
            dot(changes[i], changes[j])
                / (dot(changes[i], changes[i]) * dot(changes[j], changes[j])).squareRoot()
        }
        let mean = (cosine(0, 1) + cosine(0, 2) + cosine(1, 2)) / 3
        let ratio = 3 * mean / (1 + 2 * mean)
        let found = combine(.modelStock(ModelStock(["a", "b", "c"])), lists, threads: 2)
        for i in stride(from: 0, to: base.count, by: 997) {
            let average = (changes[0][i] + changes[1][i] + changes[2][i]) / 3
            #expect(abs(Double(found[i]) - (base[i] + ratio * average)) < 1e-6)
        }
    }

    @Test("Fewer than two models, the base, and one model twice are refused")
    func refused() {
        for (models, error) in [
            ([], ModelStockError.tooFew([])), (["a"], .tooFew(["a"])), (["a", "base"], .base),
            (["a", "a"], .repeated("a")),
        ] {
            #expect(throws: error) { try ModelStock(models).check() }
        }
    }
}
