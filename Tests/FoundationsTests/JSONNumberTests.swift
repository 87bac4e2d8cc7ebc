import Foundations
import Testing

@Suite("Numbers as JSON writes them")
struct JSONNumberTests {
    @Test(
        "numbers have their value",
        arguments: [
            ("0", 0), ("-0", 0), ("7", 7), ("10", 10), ("-12.50", -12.5), ("1e3", 1_000),
            ("1E+3", 1_000), ("25e-1", 2.5), ("0.0e0", 0),
        ]
    )
    func value(_ text: String, _ expected: Double) {
        #expect(JSONNumber.value(Array(text.utf8)[...]) == expected)
    }

    @Test(
        "everything else is none",
        arguments: [
            "", "-", "+1", "01", "-01", ".5", "1.", "1.e3", "1e", "1e+", "1 ", "0x1", "--1",
        ]
    )
    func refused(_ text: String) {
        #expect(JSONNumber.value(Array(text.utf8)[...]) == nil)
    }
}
