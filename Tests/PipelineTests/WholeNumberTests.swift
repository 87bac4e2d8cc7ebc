import Foundations
import Testing

@Suite("Whole numbers as people write them")
struct WholeNumberTests {
    @Test(
        "decimal and exponent forms have their exact value",
        arguments: [
            ("0", 0), ("300", 300), ("+7", 7), ("1_000", 1_000), ("3e1", 30), ("1e3", 1_000),
            ("1E+3", 1_000), ("2.5e3", 2_500), ("3.0", 3), ("30e-1", 3), ("1_0e2", 1_000),
            ("18446744073709551615", UInt64.max), ("1.8446744073709551615e19", UInt64.max),
            ("1e19", 10_000_000_000_000_000_000), ("0e999999", 0), ("-0", 0), ("0.000", 0),
            ("12345678901234567e1", 123_456_789_012_345_670),
        ]
    )
    func whole(_ text: String, _ expected: UInt64) {
        let found: UInt64? = WholeNumber.parse(text)
        #expect(found == expected)
    }

    @Test(
        "what is not whole, does not fit or is no number is refused",
        arguments: [
            "1.5", "1e400", "1e-1", "nan", "inf", "", "e3", "1e", "1e3e3", "1.2.3", "0x10", "-1",
            "1e20", "18446744073709551616", "_1", "1__0", "１", "1 000", "1e9999999", "1,000",
        ]
    )
    func refused(_ text: String) {
        let found: UInt64? = WholeNumber.parse(text)
        #expect(found == nil)
    }

    @Test("signed numbers reach both ends")
    func signed() {
        #expect(WholeNumber.parse("-9223372036854775808") == Int.min)
        #expect(WholeNumber.parse("9223372036854775807") == Int.max)
        let beyond: Int? = WholeNumber.parse("9223372036854775808")
        #expect(beyond == nil)
        #expect(WholeNumber.parse("-3e2") == -300)
    }

    @Test(
        "a seed may be written as every other whole number",
        arguments: ["1e3", "1_000", "1000.0"]
    )
    func seed(_ text: String) throws {
        #expect(try RecipeSupport.tiny("seed=\(text)").seed == 1_000)
    }
}
