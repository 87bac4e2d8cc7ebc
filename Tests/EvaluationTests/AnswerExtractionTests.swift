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
        Reply(text: "#### 12,5", strict: "125", flexible: "5"),
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
            ("1000000", "1\u{A0}000\u{A0}000"),
        ]
    )
    func equality(_ first: String, _ second: String) throws {
        #expect(try #require(CanonicalNumber(first)) == #require(CanonicalNumber(second)))
    }

    @Test(
        "What is not one number has no value",
        arguments: ["", "-", "$", ".", "1.2.3", "12,5", "5 6", "--5", "+-5", "abc", "5a", "1,23,4"]
    )
    func noValue(_ text: String) {
        #expect(CanonicalNumber(text) == nil)
    }
}
