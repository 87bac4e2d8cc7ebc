import Reporting
import Testing

@Suite("Texts in Markdown")
struct MarkdownTextTests {
    @Test(
        "a text cannot become markup, HTML, a link, a heading, a list or a cell",
        arguments: [
            ("plain words, 3 of them.", "plain words, 3 of them."),
            ("target_math [0.1, 0.2]", "target_math [0.1, 0.2]"),
            ("<script>alert(1)</script>", "\\<script\\>alert(1)\\</script\\>"),
            ("<!-- hidden", "\\<!-- hidden"),
            ("0.000", "0.000"), ("+0.042 [+0.011, +0.074]", "+0.042 [+0.011, +0.074]"),
            ("-1.5", "-1.5"), ("+ item", "\\+ item"), ("---", "\\---"),
            ("a|b", "a\\|b"),
            ("two\nlines\r\nand\tmore", "two lines and more"),
            ("\n# heading", "\\# heading"),
            ("# heading", "\\# heading"),
            ("- item", "\\- item"),
            ("1. item", "1\\. item"),
            ("![x](http://evil)", "![x\\](http://evil)"),
            ("[x][y]", "[x\\][y]"),
            ("[x]: http://evil", "[x\\]: http://evil"),
            ("*a* _b_ `c` ~~d~~", "\\*a\\* \\_b\\_ \\`c\\` \\~\\~d\\~\\~"),
            ("&lt;b&gt;", "\\&lt;b\\&gt;"),
            ("a\\|b", "a\\\\\\|b"),
            ("bell\u{7}", "bell\u{FFFD}"),
        ]
    )
    func line(_ text: String, _ expected: String) {
        #expect(MarkdownText.line(text) == expected)
    }

    @Test("code has no backtick that would end it")
    func code() {
        #expect(MarkdownText.code("a`b\nc") == "`abc`")
    }
}
