import Foundation
import Foundations
import Merging
import Testing

@Suite("Searches for coefficients")
struct CoefficientSearchTests {
    /// Lets a search ask for so many scores.
    private func run(
        _ search: some CoefficientSearch,
        budget: Int,
        _ score: ([Double]) -> Double
    ) -> (asked: [[Double]], best: [Double]) {
        var search = search
        var asked: [[Double]] = []
        var best: (candidate: [Double], score: Double) = ([], -.infinity)
        while asked.count < budget, let candidate = search.next() {
            asked.append(candidate)
            let value = score(candidate)
            if value > best.score { best = (candidate, value) }
            search.tell(value)
        }
        return (asked, best.candidate)
    }

    @Test("The greedy search finds the best of separate numbers, and ends when nothing is gained")
    func greedy() {
        let target = [1, 0.5, 0, 0, 1]
        let (asked, best) = run(
            GreedySearch(from: [0.5, 0.5, 0.5, 0.5, 0.5], levels: [0, 0.5, 1]),
            budget: 1_000
        ) { candidate in
            -zip(candidate, target).reduce(0) { $0 + abs($1.0 - $1.1) }
        }
        #expect(best == target)
        // The start, two levels for each number, and a last round of two for each that changes
        // nothing, which begins behind the last gain.
        #expect(asked.count <= 1 + 2 * 5 + 2 * 5 + 2)
        #expect(Set(asked).count > 9)
    }

    @Test("The greedy search goes a second round where numbers depend on each other")
    func rounds() {
        // The first number is worth something only when the second one is 1.
        let (_, best) = run(
            GreedySearch(from: [0, 0], levels: [0, 1]),
            budget: 100
        ) { $0[1] + ($0[1] == 1 ? $0[0] : -$0[0]) }
        #expect(best == [1, 1])
    }

    @Test("The greedy search stays where all scores are equal")
    func level() {
        let (asked, best) = run(
            GreedySearch(from: [0.25, 1], levels: [0, 1]),
            budget: 100
        ) { _ in 0.5 }
        #expect(best == [0.25, 1])
        #expect(asked == [[0.25, 1], [0, 1], [1, 1], [0.25, 0]])
    }

    @Test("CMA-ES finds the top of a turned, stretched hill", arguments: [1, 2, 3] as [UInt64])
    func covariance(seed: UInt64) {
        let target = [0.2, 0.9, 0.5, 0.6]
        let (asked, best) = run(
            CovarianceSearch(from: [0.5, 0.5, 0.5, 0.5], seed: seed),
            budget: 6_000
        ) { candidate in
            let d = zip(candidate, target).map { $0 - $1 }
            // Axes that are sums and differences, one of them thirty times as steep.
            return
                -(pow(d[0] + d[1], 2) + 900 * pow(d[0] - d[1], 2) + pow(d[2] + 2 * d[3], 2)
                + pow(d[2] - d[3], 2))
        }
        #expect(asked.allSatisfy { $0.allSatisfy { (0...1).contains($0) } })
        for (found, expected) in zip(best, target) {
            #expect(abs(found - expected) < 1e-4, "\(best)")
        }
    }

    @Test("CMA-ES draws its first generation around the start, with the step size in each number")
    func firstGeneration() {
        let start = [0.5, 0.4, 0.3, 0.6, 0.7]
        let (asked, _) = run(CovarianceSearch(from: start, seed: 3), budget: 8) { $0[0] }
        var generator = SeededGenerator(seed: 3, stream: "CMA-ES")
        let expected = (0..<8).map { _ in
            start.map { min(1, max(0, $0 + 0.3 * generator.normal())) }
        }
        #expect(asked == expected)
    }

    @Test("CMA-ES draws of many numbers, most of whose variances are equal, stay finite")
    func manyNumbers() {
        let start = [Double](repeating: 0.5, count: 30)
        let (asked, best) = run(CovarianceSearch(from: start, seed: 5), budget: 4_000) {
            candidate in
            -candidate.reduce(0) { $0 + ($1 - 0.25) * ($1 - 0.25) }
        }
        #expect(asked.allSatisfy { $0.allSatisfy { (0...1).contains($0) } })
        #expect(best.allSatisfy { abs($0 - 0.25) < 0.02 }, "\(best)")
    }

    @Test("CMA-ES finds a top at the border")
    func border() {
        let (_, best) = run(
            CovarianceSearch(from: [0.5, 0.5, 0.5], seed: 1),
            budget: 600
        ) { $0[0] - $0[1] - pow($0[2] - 0.3, 2) }
        #expect(best[0] > 0.999 && best[1] < 0.001 && abs(best[2] - 0.3) < 0.02, "\(best)")
    }

    @Test("A search that receives the same scores asks the same")
    func repeatable() {
        func score(_ candidate: [Double]) -> Double { candidate.reduce(0, +) }
        let start = [0.5, 0.4, 0.3]
        let first = run(CovarianceSearch(from: start, seed: 7), budget: 40, score).asked
        #expect(first == run(CovarianceSearch(from: start, seed: 7), budget: 40, score).asked)
        #expect(first != run(CovarianceSearch(from: start, seed: 8), budget: 40, score).asked)
    }
}
