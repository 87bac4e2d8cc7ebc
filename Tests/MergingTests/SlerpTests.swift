import Foundation
import MergeMethods
import Merging
import TestSupport
import Testing

@Suite("SLERP")
struct SlerpTests {
    private func arc(_ first: [Float], _ second: [Float], share: Double) -> [Float] {
        let terms = [MergeTerm("a", 1 - share), MergeTerm("b", share)]
        return combine(.slerp(Slerp(terms)), [first, second])
    }

    @Test("On a circle, shares of the arc are shares of the angle")
    func circle() {
        func point(_ degrees: Double, radius: Double = 2) -> [Float] {
            let angle = degrees * .pi / 180
            return [Float(radius * cos(angle)), Float(radius * sin(angle))]
        }
        for (from, to, share) in [(0, 90, 0.5), (10, 70, 0.25), (-100, 40, 0.9)] {
            let found = arc(point(Double(from)), point(Double(to)), share: share)
            let expected = point(Double(from) + share * Double(to - from))
            #expect(isClose(found, expected, tolerance: 1e-6), "\(found) \(expected)")
        }
    }

    @Test("Both ends are the models, and the arc does not depend on their lengths alone")
    func ends() {
        let first = sampleValues(1_000, seed: 1)
        let second = sampleValues(1_000, seed: 2).map { 3 * $0 }
        #expect(isClose(arc(first, second, share: 1e-12), first, tolerance: 1e-6))
        // The formula in double precision over the whole tensor.
        let x = first.map(Double.init)
        let y = second.map(Double.init)
        func dot(_ a: [Double], _ b: [Double]) -> Double {
            zip(a, b).reduce(0) { $0 + $1.0 * $1.1 }
        }
        let angle = acos(dot(x, y) / (dot(x, x) * dot(y, y)).squareRoot())
        let expected = x.indices.map { i in
            Float((sin(0.7 * angle) * x[i] + sin(0.3 * angle) * y[i]) / sin(angle))
        }
        #expect(isClose(arc(first, second, share: 0.3), expected, tolerance: 1e-6))
    }

    @Test("Where the arc is a chord, or one end is zero, it is the weighted average")
    func chords() {
        let first = sampleValues(100, seed: 1)
        for second in [
            first.map { $0 * 1.5 }, first.map { -$0 }, [Float](repeating: 0, count: 100),
        ] {
            let expected = zip(first, second).map { Float(0.75 * Double($0) + 0.25 * Double($1)) }
            #expect(bits(arc(first, second, share: 0.25)) == bits(expected))
        }
    }

    @Test("In mergekit a tensor of zeros stands at a right angle to every other")
    func zero() throws {
        let zero = [Float](repeating: 0, count: 100)
        let other = sampleValues(100, seed: 1)
        let sources = ["base", "math"].map { MergekitMerge.Source(model: $0, layers: 0..<4) }
        var merge = MergekitMerge(
            mergeMethod: .slerp,
            hasBase: true,
            slices: [.init(sources: sources)],
            parameters: ["t": .number(0.5)]
        )
        for (isExact, share) in [(true, 0.5.squareRoot()), (nil, 0.5)] {
            merge.isExact = isExact
            let plan = try MergePlan(
                .mergekit(merge),
                architecture: CheckpointArchitecture(MergeFolders.shape(layers: 4))
            )
            let output = try #require(plan.outputs.first)
            guard case .combine(let combination) = output.source else {
                Issue.record("\(output.source)")
                return
            }
            let expected = other.map { Float(share) * $0 }
            for lists in [[zero, other], [other, zero]] {
                #expect(isClose(combine(combination, lists), expected, tolerance: 1e-6))
            }
        }
    }

    @Test("The angle is that of the whole tensor, on any number of threads")
    func whole() {
        let lists = [1, 2].map { sampleValues(100_000, seed: $0) }
        let slerp = TensorCombination.slerp(Slerp([MergeTerm("a", 1), MergeTerm("b", 1)]))
        let found = combine(slerp, lists)
        for threads in [2, 3] {
            #expect(
                bits(combine(slerp, lists, cuts: [7, 50_000], threads: threads)) == bits(found)
            )
        }
    }

    @Test("Two models, no more and no less")
    func refused() {
        for names in [["a"], ["a", "b", "c"]] {
            #expect(throws: WeightedAverageError.notTwo(names)) {
                try Slerp(names.map { MergeTerm($0, 1) }).check()
            }
        }
    }

    /// Whether numbers differ by no more than a share of the largest.
    private func isClose(_ found: [Float], _ expected: [Float], tolerance: Float) -> Bool {
        let scale = expected.map(\.magnitude).max() ?? 1
        return zip(found, expected).allSatisfy { abs($0 - $1) <= tolerance * scale }
    }
}
