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
        let first = svg.components(separatedBy: "<g ")[0]
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
        #expect(svg.components(separatedBy: "<g ").count == 2 && !svg.contains("nothing"))
        #expect(svg.contains("translate(336,0)"))
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

    /// The pictures of a figure of the result.
    private func pictures(_ title: String, in folder: ReportFolder) throws -> [String] {
        let section = try #require(try folder.section("result"))
        let figure = try #require(
            section.components(separatedBy: "<figure>").first { $0.hasPrefix("<h3>\(title)</h3>") }
        )
        return figure.components(separatedBy: "<svg viewBox").dropFirst().filter {
            $0.contains("role=\"img\"")
        }
    }

    @Test("intervals are drawn from end to end around their values")
    func intervals() throws {
        let pictures = try pictures("Problems solved", in: ReportFolder())
        try #require(pictures.count == 2)
        // Rows soup and swap in the first language.
        let low = attribute("x1", ofClass: "whisker open", in: pictures[0])
        let high = attribute("x2", ofClass: "whisker open", in: pictures[0])
        let middle = attribute("cx", ofClass: "dot open", in: pictures[0])
        #expect(low.count == 1 && high.count == 1 && middle.count == 1)
        #expect(abs((low[0] + high[0]) / 2 - middle[0]) < 0.02)
        let swap = attribute("cx", ofClass: "dot c3", in: pictures[0])
        let width = high[0] - low[0]
        // 0.03 apart, where an interval is 2 · 1.96… · 0.02 wide.
        #expect(abs((swap[0] - middle[0]) / width - 0.03 / (2 * 1.9647 * 0.02)) < 0.002)
    }

    @Test("both languages have one axis, from 0 to 100 % whatever the shares are")
    func axisOfBoth() throws {
        var table = ReportFolder.table
        for row in table.rows.indices {
            table.rows[row].metrics["english_math"] = ReportFolder.share(0.99, 0.001)
        }
        for picture in try pictures("Problems solved", in: ReportFolder(table: table)) {
            #expect(ticks(in: picture) == ["0", "20", "40", "60", "80", "100"])
        }
        // Differences of 3 and of −12.5 points have the same axis too.
        let differences = try pictures("swap minus each of the others", in: ReportFolder())
        try #require(differences.count == 2)
        #expect(ticks(in: differences[0]) == ["−15", "−10", "−5", "0", "+5"])
        #expect(ticks(in: differences[0]) == ticks(in: differences[1]))
    }

    private func ticks(in picture: String) -> [String] {
        picture.components(separatedBy: "text-anchor=\"middle\" class=\"tick\">").dropFirst()
            .map { $0.components(separatedBy: "<")[0] }
    }

    @Test("a difference is filled where it is hardly chance, and its colour says which way")
    func directions() throws {
        var table = ReportFolder.table
        table.tests[1].p = 0.5
        let pictures = try pictures("swap minus each of the others", in: ReportFolder(table: table))
        #expect(pictures[0].contains("class=\"dot better\""))
        #expect(pictures[1].contains("class=\"ring open\"") && !pictures[1].contains("dot "))
        table.tests[1].p = 0.001
        let second = try self.pictures(
            "swap minus each of the others",
            in: ReportFolder(table: table)
        )[1]
        #expect(second.contains("class=\"dot worse\""))
    }

    @Test("pictures shrink with the page, and those that would be unreadable scroll")
    func sizes() throws {
        let page = try ReportFolder().html()
        let pictures = page.matches(of: /<svg viewBox="0 0 ([0-9.]+) [^>]*role="img"/)
        #expect(!pictures.isEmpty)
        for picture in pictures {
            #expect(picture.0.contains("--width:"))
            let width = try #require(Double(picture.1))
            #expect(width <= 420 || picture.0.contains("class=\"wide\""), "\(picture.0)")
        }
        #expect(page.contains(".report figure svg[role] { width: 100%; height: auto;"))
    }
}
