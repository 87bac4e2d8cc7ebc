import Foundation
import Reporting
import Testing

@Suite("Charts")
struct ChartTests {
    private let sheet = ChartSheet([
        .init(title: "time < 1", xAxis: "size", points: [("small", 30), ("large", 80.25)]),
        .init(title: "nothing", xAxis: "", points: []),
        .init(title: "second", xAxis: "", points: [("only", 2)]),
    ])

    @Test("an axis begins at zero, ends above the largest value and has round ticks")
    func axis() {
        let svg = sheet.svg
        let first = svg.components(separatedBy: "<g ")[1]
        let ticks = first.components(separatedBy: "text-anchor=\"end\" class=\"tick\">").dropFirst()
            .map { $0.components(separatedBy: "<")[0] }
        #expect(ticks == ["0", "20", "40", "60", "80", "100"])
        // The plot is 180 high and begins 26 below the top.
        #expect(attribute("y1", ofClass: "grid", in: first) == [206, 170, 134, 98, 62, 26])
        #expect(attribute("cy", ofClass: "dot c0", in: first) == [152, 61.55])
        #expect(attribute("cx", ofClass: "dot c0", in: first) == [66, 310])
        for text in [">30</text>", ">80.3</text>", ">small</text>", ">time &lt; 1</text>"] {
            #expect(first.contains(text), "\(text)")
        }
    }

    @Test("panels stand side by side, and one without points is left out")
    func panels() {
        let svg = sheet.svg
        #expect(svg.components(separatedBy: "<g ").count == 3 && !svg.contains("nothing"))
        #expect(svg.contains("translate(0,0)") && svg.contains("translate(336,0)"))
        #expect(svg.contains("width=\"672\" height=\"258\""))
    }

    @Test("a file of its own has its style inside, without variables, and is known again")
    func file() {
        let svg = sheet.svg
        #expect(
            svg.contains("svg .curve.c0 { stroke: #2b6ca3; }") || svg.contains("stroke: #2b6ca3")
        )
        #expect(!svg.contains("var(--c0)") && !svg.contains("var(--text)"))
        #expect(ChartSheet.isSheet(Data(svg.utf8)))
        #expect(!ChartSheet.isSheet(Data("<svg xmlns=\"\"></svg>".utf8)))
        // As charts of earlier versions begin.
        let earlier = """
            <svg xmlns="http://www.w3.org/2000/svg" width="1" height="1" viewBox="0 0 1 1" \
            font-family="sans-serif" font-size="11" fill="#222">
            <rect width="100%" height="100%" fill="#fff"/>
            </svg>
            """
        #expect(ChartSheet.isSheet(Data(earlier.utf8)))
    }

    @Test("intervals are drawn from end to end around their values")
    func intervals() throws {
        let section = try #require(try ReportFolder().section("result"))
        let figure = section.components(separatedBy: "<figure>")[1]
        // Rows soup and swap; the axis goes from 0.34 to 0.46 over 290 pixels.
        let low = attribute("x1", ofClass: "whisker c0", in: figure)
        let high = attribute("x2", ofClass: "whisker c0", in: figure)
        let middle = attribute("cx", ofClass: "dot c0", in: figure)
        #expect(low.count == 1 && high.count == 1 && middle.count == 1)
        #expect(abs((low[0] + high[0]) / 2 - middle[0]) < 0.02)
        let swap = attribute("cx", ofClass: "dot c1", in: figure)
        let width = high[0] - low[0]
        // 0.03 apart, where an interval is 2 · 1.96… · 0.02 wide.
        #expect(abs((swap[0] - middle[0]) / width - 0.03 / (2 * 1.9647 * 0.02)) < 0.001)
    }
}
