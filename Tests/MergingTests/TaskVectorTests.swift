import Foundation
import MergeMethods
import Merging
import TestSupport
import Testing

@Suite("Task vectors")
struct TaskVectorTests {
    @Test("Task arithmetic is θ_0 + λ Σ w τ in double precision, rounded once")
    func arithmetic() {
        let lists = [4, 5, 6].map { sampleValues(10_001, seed: $0) }
        let method = TaskVectorMerge.arithmetic(
            [MergeTerm("math", 0.7), MergeTerm("language", -0.4)],
            lambda: 1.3
        )
        let found = combine(.taskVectors(method), lists)
        let expected = lists[0].indices.map { i in
            let base = Double(lists[0][i])
            let sum = 0.7 * (Double(lists[1][i]) - base) + -0.4 * (Double(lists[2][i]) - base)
            return Float(base + 1.3 * sum)
        }
        #expect(bits(found) == bits(expected))
    }

    @Test("One model at full weight is that model, and weights are not divided by their sum")
    func fullWeight() {
        let lists = models(2, count: 5_000)
        let one = TaskVectorMerge.arithmetic([MergeTerm("math", 1)])
        #expect(combine(.taskVectors(one), [lists[0], lists[1]]) == lists[1])
        let both = TaskVectorMerge.arithmetic([MergeTerm("math", 1), MergeTerm("language", 1)])
        let sums = lists[0].indices.map { lists[1][$0] + lists[2][$0] - lists[0][$0] }
        #expect(combine(.taskVectors(both), lists) == sums)
    }

    private static let methods: [TensorCombination] = [
        .taskVectors(.arithmetic([MergeTerm("a", 0.3), MergeTerm("b", 5)], lambda: 0.7)),
        .taskVectors(.ties([MergeTerm("a", 0.3), MergeTerm("b", 5)], density: 0.4, lambda: 0.7)),
        .taskVectors(.dare([MergeTerm("a", 0.3), MergeTerm("b", 5)], lambda: 0.7, seed: 3)),
    ]

    @Test("Where no model has changed, the base remains to the bit", arguments: methods)
    func unchanged(_ method: TensorCombination) {
        var base = sampleValues(9_000, seed: 1, scale: 1e3)
        base[0] = -0.0
        base[1] = .leastNonzeroMagnitude
        base[2] = -.greatestFiniteMagnitude
        #expect(bits(combine(method, [base, base, base])) == bits(base))
        // The sign of a zero also where other entries have changed.
        var other = base
        other[3] += 1
        let merged = combine(method, [base, other, other])
        #expect(merged[0].bitPattern == Float(-0.0).bitPattern)
    }

    @Test("What is not a number is not hidden", arguments: methods)
    func notNumbers(_ method: TensorCombination) {
        let base = sampleValues(100, seed: 1)
        // Every entry, so that chance drops some and keeps some.
        let broken = [Float](repeating: .nan, count: 100)
        #expect(combine(method, [base, broken, base]).contains { $0.isNaN })
    }

    @Test("Settings without meaning are refused")
    func refused() {
        let a = MergeTerm("a", 1)
        let cases: [(MergeMethod, TaskVectorError)] = [
            (.taskVectors(.arithmetic([])), .noWeight),
            (.taskVectors(.ties([MergeTerm("a", 0)])), .noWeight),
            (.taskVectors(.dare([MergeTerm("base", 1)], seed: 1)), .base),
            (.taskVectors(.arithmetic([a, a])), .repeated("a")),
            (.taskVectors(.arithmetic([a], lambda: .infinity)), .lambda(.infinity)),
            (.taskVectors(.ties([a], density: 0)), .density(0)),
            (.taskVectors(.ties([a], density: 1.5)), .density(1.5)),
            (.taskVectors(.dare([a], density: -1, seed: 1)), .density(-1)),
            (
                .taskVectors(.ties([a, MergeTerm("b", -1)])),
                .weight(MergeTerm("b", -1), negative: false)
            ),
            (
                .taskVectors(.dare([MergeTerm("b", .infinity)], seed: 1)),
                .weight(MergeTerm("b", .infinity), negative: true)
            ),
        ]
        let configuration = MergeFolders.shape(layers: 1)
        for (method, expected) in cases {
            let error = #expect(throws: TaskVectorError.self) {
                try MergePlan(method, architecture: CheckpointArchitecture(configuration))
            }
            #expect(error == expected)
        }
        #expect(throws: TaskVectorError.self) {
            let method = TaskVectorMerge.ties([a], density: .nan)
            return try MergePlan(
                .taskVectors(method),
                architecture: CheckpointArchitecture(configuration)
            )
        }
    }

    @Test("The plan reads the base and the models that have a weight")
    func plan() throws {
        let method = TaskVectorMerge.ties([
            MergeTerm("math", 1), MergeTerm("b", 0), MergeTerm("language", 2),
        ])
        let plan = try MergePlan(
            .taskVectors(method),
            architecture: CheckpointArchitecture(MergeFolders.shape(layers: 2))
        )
        #expect(plan.inputs == ["base", "language", "math"])
        let expected = "base + 1.000 TIES 0.200 (1.000 τ math + 2.000 τ language)"
        #expect(plan.outputs.allSatisfy { $0.source.description == expected })
        #expect(plan.lines().contains { $0.hasSuffix("input first:  //") })
    }
}
