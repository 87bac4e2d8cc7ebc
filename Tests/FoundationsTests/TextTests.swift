import Foundations
import Testing

@Suite("Numbers and tables as text")
struct TextTests {
    @Test("what rounds to zero has no minus sign")
    func fixed() {
        #expect(NumberText.fixed(0.8364) == "0.836" && NumberText.fixed(-1.5, 1) == "-1.5")
        #expect(NumberText.fixed(-0.0001) == "0.000" && NumberText.fixed(-0.0) == "0.000")
        #expect(NumberText.signed(0.0421) == "+0.042" && NumberText.signed(-0.0421) == "-0.042")
        #expect(NumberText.signed(-0.0001) == "+0.000" && NumberText.signed(2, 1) == "+2.0")
    }

    @Test("p values in the three forms that pages have")
    func probability() {
        #expect(NumberText.probability(0.01234) == "0.0123")
        #expect(NumberText.probability(0.00009) == "<.0001")
        #expect(NumberText.probability(0.00009, space: " ") == "< .0001")
        #expect(NumberText.probability(0.0001, space: " ", name: "p") == "p = 0.0001")
        #expect(NumberText.probability(0, space: " ", name: "p") == "p < .0001")
    }

    @Test("bytes have a unit from kB to EB")
    func bytes() {
        #expect(NumberText.bytes(1_940_000_000) == "1.9 GB")
        #expect(NumberText.bytes(640_000_000) == "640 MB" && NumberText.bytes(900) == "1 kB")
        #expect(NumberText.bytes(1e18) == "1.0 EB" && NumberText.bytes(2.5e12) == "2.5 TB")
    }

    @Test("columns line up, and no line ends with a space")
    func table() {
        let table = TextTable(
            header: ["model", "n"],
            rows: [["swap", "5"], ["a\tb", "100"], ["alone"], ["x", ""]],
            rightAligned: [1]
        )
        #expect(
            table.aligned { $0.replacing("\t", with: "\\t") } == [
                "model    n", "swap     5", "a\\tb   100", "alone", "x",
            ]
        )
        #expect(TextTable().aligned().isEmpty)
    }

    @Test("fields with commas, quotes and ends of lines are quoted")
    func csv() {
        #expect(
            CSVText.table([["a,b", "say \"x\""], ["1\n2", "−"]])
                == "\"a,b\",\"say \"\"x\"\"\"\r\n\"1\n2\",−\r\n"
        )
    }
}
