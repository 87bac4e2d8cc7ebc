import Foundation
import Reporting
import Testing

@Suite("Markup")
struct MarkupTests {
    @Test("texts and attributes cannot become markup")
    func escaping() {
        let evil = "<script>alert('x')</script> & \"y\" \u{7}"
        let markup = Markup.element("p", ["title": evil], text: evil)
        #expect(!markup.html.dropFirst(2).dropLast(4).contains("<"))
        #expect(
            markup.html.hasSuffix(
                ">&lt;script&gt;alert(&#39;x&#39;)&lt;/script&gt; &amp; &quot;y&quot; \u{FFFD}</p>"
            )
        )
    }

    @Test("a table is CSV with quotes where they are needed, and a minus that spreadsheets know")
    func csv() throws {
        let table = DataTable(["a", "b, c"], rows: [["say \"x\"", "−1.5"], ["two\nlines", "3"]])
        #expect(table.csv == "a,\"b, c\"\r\n\"say \"\"x\"\"\",-1.5\r\n\"two\nlines\",3\r\n")
        let link = table.download(as: "A table: 1").html
        #expect(link.contains("download=\"a-table--1.csv\""))
        let data = try #require(link.split(separator: "base64,").last?.split(separator: "\"").first)
        #expect(Data(base64Encoded: String(data)) == Data(table.csv.utf8))
    }

    @Test("a table has a caption, titles by column and names by row")
    func table() {
        let html = DataTable(["model", "value"], rows: [["swap", "1"]], emphasized: [0])
            .markup(caption: "What").html
        for part in [
            "<caption>What</caption>", "<th scope=\"col\" class=\"number\">value</th>",
            "<tr class=\"strong\"><th scope=\"row\" class=\"name\">swap</th>", "role=\"region\"",
        ] { #expect(html.contains(part), "\(part)") }
    }

    @Test("no rule of a report meets a page that has taken the shared style")
    func style() throws {
        let page = try ReportFolder().html()
        let style = try #require(
            page.components(separatedBy: "<style>").last?
                .components(separatedBy: "</style>").first
        )
        #expect(style.hasPrefix("\n\(PageStyle.text)\n"))
        let own = style.dropFirst(PageStyle.text.count + 2)
        // A list in brackets belongs to the selector before it.
        let selectors = own.replacing(/\([^()]*\)/, with: "").matches(
            of: /(?:^|[{}])\s*([^{}@]+?)\s*\{/
        ).flatMap {
            $0.1.split(separator: ",")
        }
        #expect(selectors.count > 50)
        for selector in selectors {
            #expect(selector.drop(while: \.isWhitespace).hasPrefix(".report"), "\(selector)")
        }
        #expect(page.contains("<body class=\"report\">"))
    }
}
