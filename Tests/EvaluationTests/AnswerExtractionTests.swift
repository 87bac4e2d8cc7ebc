import Arithmetic
import Datasets
import Evaluation
import Testing

@Suite("Answer extraction")
struct AnswerExtractionTests {
    struct Reply: Sendable, CustomTestStringConvertible {
        var text: String
        var strict: String?
        var flexible: String?
        var testDescription: String { text }
    }

    static let replies = [
        Reply(text: "12 + 3 = 15. #### 15", strict: "15", flexible: "15"),
        Reply(text: "12 + 3 = 15.\n#### 15\n", strict: "15", flexible: "15"),
        Reply(text: "", strict: nil, flexible: nil),
        Reply(text: "I do not know.", strict: nil, flexible: nil),
        Reply(text: "####", strict: nil, flexible: nil),
        Reply(text: "#### ", strict: nil, flexible: nil),
        Reply(text: "####15", strict: nil, flexible: "15"),
        Reply(text: "####  15", strict: nil, flexible: "15"),
        Reply(text: "#### fifteen or 15", strict: nil, flexible: "15"),
        // The authors' pattern searches on after a marker without a number.
        Reply(text: "#### none #### 7", strict: "7", flexible: "7"),
        Reply(text: "#### 15 #### 16", strict: "15", flexible: "16"),
        Reply(text: "##### 15", strict: "15", flexible: "15"),
        Reply(text: "#### -5", strict: "-5", flexible: "-5"),
        Reply(text: "#### −5", strict: "-5", flexible: "-5"),
        Reply(text: "#### +5", strict: nil, flexible: "5"),
        Reply(text: "#### $15", strict: nil, flexible: "15"),
        Reply(text: "#### 1,234", strict: "1234", flexible: "1234"),
        Reply(text: "#### 1,234.50", strict: "1234.5", flexible: "1234.5"),
        Reply(text: "#### 12,5", strict: nil, flexible: "5"),
        Reply(text: "#### 1.000,50", strict: nil, flexible: "50"),
        Reply(text: "#### 15.", strict: "15", flexible: "15"),
        Reply(text: "#### 15.0", strict: "15", flexible: "15"),
        Reply(text: "#### 0.50", strict: "0.5", flexible: "0.5"),
        Reply(text: "#### .5", strict: "0.5", flexible: "0.5"),
        Reply(text: "#### 1.2.3", strict: nil, flexible: "3"),
        Reply(text: "#### -0", strict: "0", flexible: "0"),
        Reply(text: "#### 007", strict: "7", flexible: "7"),
        Reply(text: "#### 20%", strict: "20", flexible: "20"),
        Reply(text: "#### ১,২৩৪", strict: "1234", flexible: "1234"),
        Reply(text: "উত্তর হল ২৯।", strict: nil, flexible: "29"),
        Reply(text: "答えは２９です。", strict: nil, flexible: "29"),
        Reply(text: "Price: -$5", strict: nil, flexible: "-5"),
        Reply(text: "Price: $-5", strict: nil, flexible: "-5"),
        Reply(text: "20-5", strict: nil, flexible: "5"),
        Reply(text: "20 - 5", strict: nil, flexible: "5"),
        Reply(text: "x-5", strict: nil, flexible: "5"),
        Reply(text: "(20)-5", strict: nil, flexible: "5"),
        Reply(text: "20 apples and 3 pears", strict: nil, flexible: "3"),
        Reply(text: "Rs 1,00,000 in all", strict: nil, flexible: "100000"),
        Reply(text: "on 12,23 days", strict: nil, flexible: "23"),
        Reply(text: "12\u{202F}000 €", strict: nil, flexible: "12000"),
        Reply(text: "#### 72 is wrong, so #### 80", strict: "72", flexible: "80"),
        Reply(text: "#### 1 000", strict: "1000", flexible: "1000"),
        Reply(text: "#### 12'000", strict: "12000", flexible: "12000"),
        Reply(text: "#### 12’000.5", strict: "12000.5", flexible: "12000.5"),
        Reply(text: "#### 1\u{A0}234\u{A0}567", strict: "1234567", flexible: "1234567"),
        Reply(text: "#### 1e3", strict: "1000", flexible: "1000"),
        Reply(text: "#### -2.5E-3", strict: "-0.0025", flexible: "-0.0025"),
        Reply(text: "#### 3/4", strict: "0.75", flexible: "0.75"),
        Reply(text: "#### -3/4", strict: "-0.75", flexible: "-0.75"),
        Reply(text: "#### 2/3", strict: "2/3", flexible: "2/3"),
        Reply(text: "#### 2 1/2", strict: "2.5", flexible: "2.5"),
        Reply(text: "#### 2½", strict: "2.5", flexible: "2.5"),
        Reply(text: #"#### \frac{3}{4}"#, strict: "0.75", flexible: "0.75"),
        Reply(text: #"So it is $-\dfrac{ 1 }{ 3 }$."#, strict: nil, flexible: "-1/3"),
        Reply(text: #"#### 1\tfrac12"#, strict: "1.5", flexible: "1.5"),
        Reply(text: "#### 75%", strict: "75", flexible: "75"),
        Reply(text: "It costs $1,000.00.", strict: nil, flexible: "1000"),
        Reply(text: "#### １２", strict: "12", flexible: "12"),
        Reply(text: "#### 12.", strict: "12", flexible: "12"),
        Reply(text: "#### 12.50", strict: "12.5", flexible: "12.5"),
        Reply(text: "on 12/5/2020", strict: nil, flexible: "2020"),
        Reply(text: "#### 3/0", strict: nil, flexible: "0"),
        Reply(text: "答えは10万円です。", strict: nil, flexible: "10"),
        Reply(text: "5m²", strict: nil, flexible: "5"),
        Reply(text: "5\n000", strict: nil, flexible: "0"),
        Reply(
            text: "#### 123456789012345678901234567890",
            strict: "123456789012345678901234567890",
            flexible: "123456789012345678901234567890"
        ),
    ]

    @Test("Strict and flexible extraction", arguments: replies)
    func extraction(_ reply: Reply) {
        #expect(AnswerExtraction.strict(in: reply.text)?.description == reply.strict)
        #expect(AnswerExtraction.flexible(in: reply.text)?.description == reply.flexible)
    }

    @Test(
        "Numbers are equal by value",
        arguments: [
            ("1234", "1,234"), ("1234", "+1234"), ("1234", "1234.00"), ("1234", "$1,234"),
            ("1234", "১২৩৪"), ("1234", "1234."), ("15", "15%"), ("15", "15 €"), ("-5", "−5"),
            ("-5", "-$5"), ("-5", "$ -5"), ("0.5", ".50"), ("0", "-0.0"), ("0", "000"),
            ("1234.5", "\u{661}\u{66C}\u{662}\u{663}\u{664}\u{66B}\u{665}"), ("15", " 15 "),
            ("1000000", "1\u{A0}000\u{A0}000"), ("0.75", "3/4"), ("0.75", #"\frac{3}{4}"#),
            ("4/6", "2/3"), ("1e3", "1000"), ("2 ½", "2.5"), ("1 000", "1000"), ("12'000", "12000"),
        ]
    )
    func equality(_ first: String, _ second: String) throws {
        #expect(try #require(CanonicalNumber(first)) == #require(CanonicalNumber(second)))
    }

    @Test(
        "What is not one number has no value",
        arguments: [
            "", "-", "$", ".", "1.2.3", "12,5", "5 6", "--5", "+-5", "abc", "5a", "1,23,4", "1 00",
            "0,123", "½½", "3/0",
        ]
    )
    func noValue(_ text: String) {
        #expect(CanonicalNumber(text) == nil)
    }

    @Test("strict and flexible reading agree where a reply ends with one number, however written")
    func agreement() {
        var random = SystemRandomNumberGenerator()
        let separators = ["", ",", "\u{A0}", "\u{202F}", " ", "'", "’"]
        let zeros: [Unicode.Scalar] = ["0", "\u{660}", "\u{966}", "\u{9E6}", "\u{C66}", "\u{FF10}"]
        for _ in 0..<2_000 {
            let separator = separators.randomElement(using: &random) ?? ""
            let zero = zeros.randomElement(using: &random) ?? "0"
            var groups = [Int.random(in: 1...999, using: &random)]
            for _ in 0..<Int.random(in: 0...3, using: &random) {
                groups.append(Int.random(in: 0...999, using: &random))
            }
            let texts = groups.enumerated().map { place, group in
                let digits = String(group)
                return place == 0
                    ? digits : String(repeating: "0", count: 3 - digits.count) + digits
            }
            let value = texts.joined()
            let written = String(
                String.UnicodeScalarView(
                    texts.joined(separator: separator).unicodeScalars.map { scalar in
                        guard ("0"..."9").contains(scalar) else { return scalar }
                        return Unicode.Scalar(zero.value + scalar.value - 0x30) ?? scalar
                    }
                )
            )
            let reply = "so #### \(written)"
            #expect(AnswerExtraction.strict(in: reply)?.description == value, "\(reply)")
            #expect(AnswerExtraction.flexible(in: reply)?.description == value, "\(reply)")
        }
    }
}
