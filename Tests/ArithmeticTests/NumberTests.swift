import Arithmetic
import Foundations
import Testing

@Suite("Numbers in texts")
struct NumberTests {
    @Test(
        "the numbers of a text, in every script and with every separator",
        arguments: [
            ("10万円と2円を足すと、いくらですか。", ["10", "2"]), ("三つの箱に5つずつ", ["5"]),
            ("十 千 Ⅻ ⑩ ① 5", ["5"]), ("5つの三角形", ["5"]), ("5m² und 7m³", ["5", "7"]),
            ("1,00,000টি আর ৩টি", ["100000", "3"]), ("১,০০,০০০ আর ১২,৩৪৫", ["100000", "12345"]),
            ("١٢٣٫٥ و ١٬٢٣٤", ["123.5", "1234"]), ("३ और ４ et 5", ["3", "4", "5"]),
            ("1২3", ["123"]), ("1\u{A0}000, 2\u{202F}500 und 3'000", ["1000", "2500", "3000"]),
            ("18 000 watts", ["18000"]), ("18 00 watts", ["18", "0"]), ("1\n000", ["1", "0"]),
            ("5\u{FE0F}\u{20E3} und 6\u{20DD}", ["5", "6"]),
            ("½ of 2½ and 1 3/4", ["0.5", "2.5", "1.75"]),
            ("10² = 100", ["10", "100"]), ("12,34 and 1,234,56", ["12", "34", "1234", "56"]),
            ("5/12/2020 or 24/7", ["5", "12", "2020", "24/7"]), ("1.2.3", ["1.2", "3"]),
            ("1e3 and 2e and 5e1000", ["1000", "2", "5", "1000"]), ("", []), ("...,,,///", []),
        ] as [(String, [String])]
    )
    func numbers(text: String, expected: [String]) {
        #expect(CanonicalNumber.numbers(in: text).map(\.description) == expected)
    }

    /// Characters that have been, or may be, taken for digits, and what may stand around digits.
    private static let scalars: [Unicode.Scalar] =
        Array(
            "0123456789.,'’ /\\{}frac-+eE$%#=()xX万十千百億兆三ⅫⅣ⑩①½⅐²³٠٥٫٬০৫౦౫５０，．−–\u{20E3}"
                .unicodeScalars
        )
        + [
            "\u{A0}", "\u{202F}", "\u{2009}", "\u{301}", "\u{FE0F}", "\u{200D}", "\n", "\u{0}",
            "\u{1F}",
        ]

    @Test("every text comes to an end, and gives numbers that are read back the same")
    func fuzz() throws {
        var random = SeededGenerator(seed: 11, stream: "numbers")
        for _ in 0..<20_000 {
            var text = String.UnicodeScalarView()
            for _ in 0..<random.index(below: 24) {
                let isAny = random.index(below: 8) == 0
                if isAny, let any = Unicode.Scalar(UInt32(random.index(below: 0x11_0000))) {
                    text.append(any)
                } else {
                    text.append(Self.scalars[random.index(below: Self.scalars.count)])
                }
            }
            let folded = FoldedText(String(text))
            #expect(folded.bytes.count == text.count)
            var end = 0
            for found in folded.numbers {
                #expect(found.range.lowerBound >= end && !found.range.isEmpty)
                #expect(found.range.upperBound <= folded.bytes.count)
                end = found.range.upperBound
                let again = CanonicalNumber(found.number.description)
                #expect(again == found.number, "\(String(text).debugDescription)")
            }
            _ = ArithmeticExpression(parsing: String(text))
        }
    }

    @Test("a floating-point value has its shortest decimal text")
    func values() {
        #expect(CanonicalNumber(0.1)?.description == "0.1")
        #expect(CanonicalNumber(-3.0)?.description == "-3")
        #expect(CanonicalNumber(1e20)?.description == "100000000000000000000")
        #expect(CanonicalNumber(2.5e-7)?.description == "0.00000025")
        #expect(CanonicalNumber(Double.nan) == nil && CanonicalNumber(Double.infinity) == nil)
    }
}
