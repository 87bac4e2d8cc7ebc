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
}
