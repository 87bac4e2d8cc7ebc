import Benchmarks
import Foundation
import Testing

@Suite("Chart of scaling")
struct ScalingChartTests {
    private let result = ScalingBenchmark.Result(points: [
        .init(axis: .threads, value: 1, microsecondsPerToken: 250, gemmShare: 0.9),
        .init(axis: .threads, value: 2, microsecondsPerToken: 125.5, gemmShare: 0.85),
        .init(axis: .context, value: 64, microsecondsPerToken: 120, gemmShare: 0.8),
        .init(axis: .context, value: 1024, microsecondsPerToken: 160, gemmShare: 0.7),
        .init(axis: .parameters, value: 1_000_000, microsecondsPerToken: 30, gemmShare: 0.6),
    ])

    @Test("every point has a circle, its value and its label")
    func points() {
        let svg = ScalingChart(result).svg
        #expect(svg.hasPrefix("<svg xmlns="))
        #expect(svg.hasSuffix("</svg>\n"))
        #expect(svg.components(separatedBy: "<circle").count == 6)
        for text in [">250<", ">125.5<", ">1024<", ">1.0 M<", "by threads", "by parameters"] {
            #expect(svg.contains(text), "\(text)")
        }
        // Every tag that is opened is closed.
        #expect(
            svg.components(separatedBy: "<g ").count == svg.components(separatedBy: "</g>").count
        )
        #expect(
            svg.components(separatedBy: "<text").count
                == svg.components(separatedBy: "</text>").count
        )
    }

    @Test("nothing measured draws nothing")
    func empty() {
        let svg = ScalingChart(.init(points: [])).svg
        #expect(!svg.contains("<circle"))
        #expect(svg.hasSuffix("</svg>\n"))
    }
}
