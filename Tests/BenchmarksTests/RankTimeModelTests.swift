import Benchmarks
import Testing
import Transformer

@Suite("The time of a step over ranks")
struct RankTimeModelTests {
    private let configuration = ModelConfiguration(
        vocabularySize: 100,
        modelWidth: 16,
        layerCount: 3,
        headCount: 2,
        hiddenWidth: 32
    )

    private func model(secondsPerToken: Double) -> RankTimeModel {
        RankTimeModel(configuration, secondsPerToken: secondsPerToken)
    }

    /// The formula, written down again for buckets of the layout: what is behind the blocks, the
    /// blocks, the embedding.
    private func expected(
        _ perToken: Double,
        tokens: Double,
        ranks: Double,
        path: RankPath
    ) -> Double {
        let block = 2 * 16 + 4 * 16 * 16 + 3 * 16 * 32
        let buckets = [16, block, block, block, 100 * 16].map(Double.init)
        let times = buckets.map {
            (ranks - 1) * (path.latency + 4 * $0 / (ranks * path.bandwidth))
        }
        let computing = perToken * tokens / ranks
        let hidden = min(2 / 3 * computing, times.dropLast().reduce(0, +))
        return computing + 2 * times.reduce(0, +) - hidden
    }

    @Test("computing is divided, sums are hidden behind two thirds of it but for the embedding's")
    func formula() {
        for perToken in [1e-9, 1e-6, 1e-4, 1e-2] {
            for ranks in [2, 4, 64] {
                let path = RankPath(latency: 2e-5, bandwidth: 1e8)
                let found = model(secondsPerToken: perToken).seconds(
                    tokens: 1_000,
                    ranks: ranks,
                    path: path
                )
                let value = expected(perToken, tokens: 1_000, ranks: Double(ranks), path: path)
                #expect(abs(found / value - 1) < 1e-12, "\(perToken), \(ranks)")
            }
        }
    }

    @Test("one rank computes alone, and a perfect network divides the time by the ranks")
    func limits() {
        let slow = RankPath(latency: 1, bandwidth: 1)
        let perfect = RankPath(latency: 0, bandwidth: .infinity)
        let model = model(secondsPerToken: 1e-3)
        #expect(model.seconds(tokens: 100, ranks: 1, path: slow) == 0.1)
        #expect(abs(model.speedup(tokens: 100, ranks: 16, path: perfect) - 16) < 1e-9)
        #expect(model.ranksWorthwhile(tokens: 100, upTo: 64, path: perfect) == 64)
        #expect(model.ranksWorthwhile(tokens: 100, upTo: 64, path: slow) == 1)
    }

    @Test("a faster network is never worse, and is worth more machines")
    func networks() {
        let model = model(secondsPerToken: 1e-6)
        let paths = [1e7, 1e8, 1e9, 1e10].map { RankPath(latency: 1e-6, bandwidth: $0) }
        let times = paths.map { model.seconds(tokens: 4_096, ranks: 8, path: $0) }
        #expect(times == times.sorted(by: >))
        let worth = paths.map { model.ranksWorthwhile(tokens: 4_096, upTo: 64, path: $0) }
        #expect(worth == worth.sorted() && worth.first != worth.last, "\(worth)")
    }

    @Test("the fit finds the way that messages were made with")
    func fit() {
        let truth = RankPath(latency: 3e-5, bandwidth: 2e9)
        let points = [1e3, 1e5, 1e6, 1e8].map {
            (bytes: $0, seconds: truth.latency + $0 / truth.bandwidth)
        }
        let found = RankPath.fit(points)
        #expect(abs(found.latency / truth.latency - 1) < 1e-6)
        #expect(abs(found.bandwidth / truth.bandwidth - 1) < 1e-6)
    }
}
