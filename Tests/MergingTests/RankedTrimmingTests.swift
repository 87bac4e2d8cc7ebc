import MergeMethods
import TestSupport
import Testing

@Suite("DELLA and breadcrumbs")
struct RankedTrimmingTests {
    private func merge(
        _ kind: TaskVectorMerge.Kind,
        _ trimming: Trimming,
        terms: [MergeTerm] = [MergeTerm("a", 1)]
    ) -> TensorCombination {
        var merge = TaskVectorMerge(kind, terms)
        merge.trimming = trimming
        return .taskVectors(merge)
    }

    @Test("DELLA keeps an entry the more often the larger it is in its row, and divides by that")
    func probabilities() {
        // 20,000 rows of five, whose magnitudes rise with the column; signs take turns.
        let rows = 20_000
        let row: [Float] = [1, -2, 3, -4, 5]
        let base = [Float](repeating: 0, count: 5 * rows)
        let values = (0..<rows).flatMap { _ in row }
        let method = merge(.dellaLinear, .ranked(density: 0.5, epsilon: 0.2, seed: 3))
        let found = combine(method, [base, values], rowLength: 5)
        for column in 0..<5 {
            let probability = 0.3 + 0.1 * Double(column)
            let entries = (0..<rows).map { found[$0 * 5 + column] }
            let enlarged = Float(Double(row[column]) / probability)
            #expect(entries.allSatisfy { $0 == 0 || $0 == enlarged })
            let share = Double(entries.count { $0 != 0 }) / Double(rows)
            // Five standard deviations of a share.
            let deviation = (probability * (1 - probability) / Double(rows)).squareRoot()
            #expect(abs(share - probability) < 5 * deviation, "column \(column): \(share)")
        }
    }

    @Test("The order inside a row is that of magnitudes, wherever they stand")
    func ranks() {
        // With a spread of all the density the smallest is never kept and the largest always is.
        let base = [Float](repeating: 0, count: 4_000)
        let values = (0..<1_000).flatMap { _ in [3, -9, 0.5, 4] as [Float] }
        let method = merge(.dellaLinear, .ranked(density: 0.5, epsilon: 0.4999999, seed: 1))
        let found = combine(method, [base, values], rowLength: 4)
        for row in 0..<1_000 {
            #expect(found[row * 4 + 2] == 0)
            #expect(abs(found[row * 4 + 1] + 9) < 1e-4)
        }
    }

    @Test("Its expectation is task arithmetic, and rows cut elsewhere are the same rows")
    func expectation() {
        let lists = [1, 2].map { sampleValues(600, seed: $0) }
        var sum = [Double](repeating: 0, count: 600)
        for seed in 0..<4_000 {
            let method = merge(
                .dellaLinear,
                .ranked(density: 0.6, epsilon: 0.3, seed: UInt64(seed))
            )
            for (i, value) in combine(method, lists, rowLength: 20).enumerated() {
                sum[i] += Double(value)
            }
        }
        for i in 0..<600 {
            #expect(abs(sum[i] / 4_000 - Double(lists[1][i])) < 0.15)
        }
        let method = merge(.della, .ranked(density: 0.6, epsilon: 0.3, seed: 1))
        let whole = combine(method, lists, rowLength: 20)
        #expect(combine(method, lists, rowLength: 20, cuts: [20, 140, 580]) == whole)
    }

    @Test("Breadcrumbs drop the largest and the smallest, by hand")
    func band() {
        let base = [Float](repeating: 1, count: 10)
        let changes: [Float] = [0.1, -8, 3, 0, 7, -0.2, 5, -5, 1, 9]
        let model = changes.map { $0 + 1 }
        // Of ten, gamma drops 9 and −8, and half of ten are left: 7, 5, −5, 3, 1.
        let found = combine(
            merge(.breadcrumbs, .band(density: 0.5, gamma: 0.2)),
            [base, model]
        )
        #expect(found == [1, 1, 4, 1, 8, 1, 6, -4, 2, 1])
        // Nothing dropped at the top: the largest of TIES without its vote.
        let largest = combine(merge(.breadcrumbs, .band(density: 0.3, gamma: 0)), [base, model])
        #expect(largest == [1, -7, 1, 1, 8, 1, 1, 1, 1, 10])
        let all = combine(merge(.breadcrumbs, .band(density: 1, gamma: 0)), [base, model])
        #expect(all == model)
    }

    @Test("With the election, entries count that agree in sign: added, or averaged by DELLA")
    func election() {
        let base = [Float](repeating: 0, count: 4)
        let lists: [[Float]] = [base, [2, -1, 4, 1], [1, 3, -2, 0]]
        let terms = [MergeTerm("a", 1), MergeTerm("b", 1)]
        let all = Trimming.band(density: 1, gamma: 0)
        #expect(combine(merge(.breadcrumbsTies, all, terms: terms), lists) == [3, 3, 4, 1])
        let every = Trimming.random(density: 1, seed: 1)
        #expect(combine(merge(.dareTies, every, terms: terms), lists) == [3, 3, 4, 1])
        let ranked = Trimming.ranked(density: 1, epsilon: 0, seed: 1)
        #expect(combine(merge(.della, ranked, terms: terms), lists) == [1.5, 3, 4, 1])
        // A weight below zero turns what a model says.
        let turned = [MergeTerm("a", 1), MergeTerm("b", -1)]
        #expect(combine(merge(.dareTies, every, terms: turned), lists) == [2, -4, 6, 1])
    }

    @Test("Every name of a method has the trimming and the election that make it")
    func kinds() {
        for kind in TaskVectorMerge.Kind.allCases {
            let merge = TaskVectorMerge(kind, [MergeTerm("a", 1)], seed: 7)
            #expect(merge.kind == kind)
            #expect(MergeMethod.taskVectors(merge).name == kind.rawValue)
        }
    }
}
