import Arithmetic
import Datasets
import Foundation
import Testing

/// A folder for the files of one test, removed with it.
final class TemporaryFolder {
    let url = FileManager.default.temporaryDirectory
        .appendingPathComponent("layerswap-\(UUID().uuidString)")

    init() throws {
        try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
    }

    deinit { try? FileManager.default.removeItem(at: url) }

    func file(_ name: String, _ text: String) throws -> URL {
        try file(name, Data(text.utf8))
    }

    func file(_ name: String, _ data: Data) throws -> URL {
        let file = url.appendingPathComponent(name)
        try data.write(to: file)
        return file
    }
}

@Suite("Readers")
struct ReaderTests {
    let folder: TemporaryFolder

    init() throws { folder = try TemporaryFolder() }

    @Test("a problem in Japanese whose number goes on in words is refused by its sum, at once")
    func japanese() throws {
        let row =
            #"{"id":"a","lang":"ja","question":"10万円と2円を足すと、いくらですか。","#
            + #""answer":100002,"equation":"+ number0 number1"}"#
        let file = try folder.file("ja.jsonl", row + "\n")
        do {
            _ = try MathReader.problems(at: file, format: .msvamp)
            Issue.record("10万 was read")
        } catch {
            #expect(
                "\(error)".contains("ja.jsonl:1: found 10 + 2 = 12.0; expected the answer 100002")
            )
        }
    }

    @Test("GSM8K as published: annotations become equations and leave the text")
    func publishedGSM8K() throws {
        let file = try folder.file(
            "gsm.jsonl",
            #"{"question": "How many clips?", "answer": "Half is 48/2 = <<48/2=24>>24.\nAll: "#
                + #"48+24 = <<48+24=72>>72.\n#### 1,072"}"# + "\n"
        )
        let problems = try MathReader.problems(at: file, format: .gsm8k)
        let problem = try #require(problems.first)
        #expect(problem.solution == "Half is 48/2 = 24. All: 48+24 = 72.")
        #expect(problem.answer == "1072")
        #expect(problem.equations == ["48 / 2", "48 + 24"])
        #expect(problem.response == "Half is 48/2 = 24. All: 48+24 = 72. #### 1072")
        #expect(problem.id.hasPrefix("gsm8k-"))
        let bare = try MathReader.problems(at: file, format: .gsm8k, solution: .equations)
        #expect(bare[0].solution == "48 / 2 = 24. 48 + 24 = 72.")
        #expect(bare[0].id == problem.id)
        let answer = try MathReader.problems(at: file, format: .gsm8k, solution: .answer)
        #expect(answer[0].response == "#### 1072" && answer[0].equations == problem.equations)
    }

    @Test("GSM8K in fields, ASDiv, MSVAMP and MGSM")
    func otherForms() throws {
        let gsm8k = try folder.file(
            "g.jsonl",
            #"{"id": "g-1", "lang": "sw", "question": "Ngapi?", "answer": 5, "#
                + #""equation_solution": "0.50-.25=0.25. 20*.25=5"}"#
        )
        let first = try MathReader.problems(at: gsm8k, format: .gsm8k)[0]
        #expect(first.id == "g-1" && first.language == "sw" && first.answer == "5")
        #expect(first.equations == ["0.5 - 0.25", "20 * 0.25"])
        #expect(first.solution == "0.5 - 0.25 = 0.25. 20 * 0.25 = 5.")

        let asdiv = try folder.file(
            "a.jsonl",
            """
            {"id": "a1", "question": "Q", "answer": 1, "equation": "43+19+16=78; 78-77=1"}
            {"id": "a2", "question": "Q", "answer": 21, "equation": "6 (penny)*1 (cent/penny) + 3*5 = 21 (cent)"}
            {"id": "a3", "question": "Q", "answer": 7, "equation": "47/6=7 r5"}
            {"id": "a4", "question": "Q", "answer": 18, "equation": "GCD(72,90)=18"}
            {"id": "a5", "question": "Q", "answer": 0.59, "equation": "(9+50)/100=0.59"}

            """
        )
        let rows = try MathReader.problems(at: asdiv, format: .asdiv)
        #expect(
            rows.map(\.equations) == [
                ["43 + 19 + 16", "78 - 77"], ["6 * 1 + 3 * 5"], [], [], ["(9 + 50) / 100"],
            ]
        )
        #expect(rows[4].answer == "0.59")
        #expect(ProblemSource(rows).count == 5)
        #expect(ProblemSource(rows, requiresSolution: true).count == 3)

        let msvamp = try folder.file(
            "m.jsonl",
            #"{"id": "m-1", "lang": "bn", "question": "মোট ১,২৫০ থেকে ৫০?", "answer": 1203, "#
                + #""equation": "+ - number0 number1 number2", "#
                + #""question_en": "from 1,250 take 50 and add 3.0 ?"}"#
        )
        let third = try MathReader.problems(at: msvamp, format: .msvamp)[0]
        #expect(third.equations == ["1250 - 50 + 3"] && third.language == "bn")

        let mgsm = try folder.file("m.tsv", "Bata wa Janet?\t18\nPesa ngapi?\t$70,000\r\n")
        let fourth = try MathReader.problems(at: mgsm, format: .mgsm, language: "sw")
        #expect(fourth.map(\.answer) == ["18", "70000"])
        #expect(fourth.map(\.id) == ["mgsm-0", "mgsm-1"] && fourth[1].question == "Pesa ngapi?")
    }

    @Test(
        "bad rows are named with file, line, what was found and what was expected",
        arguments: [
            (
                MathFileFormat.gsm8k, "{\"question\": \"a\", \"answer\": 1}\nnot json\n",
                "bad:2: found \"not json\"; expected one JSON object"
            ),
            (.gsm8k, "[1, 2]\n", "bad:1: found \"[1, 2]\"; expected one JSON object"),
            (
                .gsm8k, "{\"question\": \"a\"}\n",
                "bad:1: found no field 'answer'; expected a number"
            ),
            (.gsm8k, "{\"question\": \"a\", \"answer\": null}\n", "bad:1: found null"),
            (.gsm8k, "{\"question\": \"a\", \"answer\": true}\n", "bad:1: found true"),
            (.gsm8k, "{\"question\": \"a\", \"answer\": \"five\"}\n", "found the text \"five\""),
            (
                .gsm8k, "{\"question\": \"a\", \"answer\": \"so\\n#### many\"}\n",
                "bad:1: found an answer"
            ),
            (.gsm8k, "{\"question\": \"a\", \"answer\": \"12,5\"}\n", "found the text \"12,5\""),
            (
                .gsm8k, "{\"qestion\": \"a\", \"answer\": 1}\n",
                "bad:1: found the fields answer, qestion; expected a text in the field 'question', "
                    + "nearest known: 'qestion'"
            ),
            (.gsm8k, "{\"question\": \"  \", \"answer\": 1}\n", "not blank in 'question'"),
            (.gsm8k, "\n \n", "bad: the file holds no row"),
            (.gsm8k, "", "bad: the file holds no row"),
            (
                .msvamp,
                "{\"question\": \"2 and 3\", \"answer\": 5, \"equation\": \"+ number0 number2\"}\n",
                "bad:1: found the equation \"+ number0 number2\" with the numbers [\"2\", \"3\"]"
            ),
            (
                .msvamp,
                "{\"question\": \"2 and 3\", \"answer\": 6, \"equation\": \"+ number0 number1\"}\n",
                "bad:1: found 2 + 3 = 5.0; expected the answer 6"
            ),
            (.mgsm, "a question\n", "bad:1: found 1 columns; expected a question, one tab"),
            (.mgsm, "a question\t5\t6\n", "bad:1: found 3 columns"),
            (.mgsm, "a question\t\n", "bad:1: found the answer \"\""),
            (.mgsm, "\t5\n", "bad:1: found a blank question"),
        ]
    )
    func badRows(format: MathFileFormat, text: String, expected: String) throws {
        let file = try folder.file("bad", text)
        do {
            _ = try MathReader.problems(at: file, format: format)
            Issue.record("no error for \(text)")
        } catch {
            #expect("\(error)".contains(expected), "\(error)")
        }
    }

    @Test("missing files, bytes that are not UTF-8 and broken gzip are named")
    func badFiles() throws {
        func message(_ file: URL) -> String {
            do {
                _ = try TextCorpus(at: file)
                return "no error"
            } catch {
                return "\(error)"
            }
        }
        let missing = folder.url.appendingPathComponent("none.jsonl")
        #expect(message(missing).hasSuffix("none.jsonl: cannot be read: there is no such file"))
        let bytes = try folder.file(
            "b",
            Data("{\"text\": \"a\"}\n".utf8) + Data([0x22, 0xFF, 0x0A])
        )
        #expect(message(bytes).contains("b:2: found bytes that are not UTF-8"))
        let packed = try #require(Data(base64Encoded: Self.packedRows))
        let whole = try folder.file("whole.jsonl.gz", packed)
        #expect(try TextCorpus(at: whole).texts == ["habari", "karibu"])
        let cut = try folder.file("cut.jsonl.gz", packed.prefix(packed.count - 12))
        #expect(message(cut).contains("cut.jsonl.gz: broken gzip: "))
        let plain = try folder.file("plain.jsonl.gz", "{\"text\": \"a\"}\n")
        #expect(message(plain).contains("does not begin with the bytes 1f 8b"))
        let field = try folder.file("field.jsonl", "{\"texts\": \"a\"}\n")
        #expect(message(field).contains("nearest known: 'texts'"))
    }

    /// `printf '{"text": "habari"}\\n{"text": "karibu"}\\n' | gzip -n | base64`.
    static let packedRows = "H4sIAAAAAAAAA6tWKkmtKFGyUlDKSExKLMpUquWqhgtlAwWSSoFCAJ0b6OgmAAAA"

    @Test("texts and pairs are held out by content, whatever the order of the rows")
    func heldOut() throws {
        let rows = (0..<2000).map { "{\"sw\": \"neno \($0)\", \"en\": \"word \($0)\"}" }
        let file = try folder.file("p.jsonl", rows.joined(separator: "\n"))
        let reversed = try folder.file("r.jsonl", rows.reversed().joined(separator: "\n"))
        let train = try TextCorpus(at: file, field: "sw", split: .train)
        let development = try TextCorpus(at: file, field: "sw", split: .development)
        let test = try TextCorpus(at: file, field: "sw", split: .test)
        #expect(train.texts.count + development.texts.count + test.texts.count == 2000)
        #expect(abs(development.texts.count - 100) < 50)
        let other = try TextCorpus(at: reversed, field: "sw", split: .development)
        #expect(Set(other.texts) == Set(development.texts))
        let pairs = try ParallelCorpus(
            at: file,
            source: .init(field: "en", cue: "English: {text}"),
            target: .init(field: "sw", cue: "Kiswahili: {text}"),
            split: .development
        )
        #expect(pairs.pairs.map { $0[1] } == development.texts)
        #expect(pairs.count == 2 * development.texts.count)
        let number = development.texts[0].dropFirst(5)
        #expect(
            try pairs.document(at: 0)
                == .chat(
                    prompt: "Kiswahili: word \(number)",
                    response: "neno \(number)"
                )
        )
        #expect(
            try pairs.document(at: 1)
                == .chat(
                    prompt: "English: neno \(number)",
                    response: "word \(number)"
                )
        )
        #expect(pairs.texts(ofSide: 1).texts == development.texts)
        #expect(throws: DatasetError.self) {
            try TextCorpus(
                at: file,
                field: "sw",
                split: .test,
                shares: SplitShares(development: 0, test: 0)
            )
        }
    }

    @Test(
        "numbers come to one form",
        arguments: [
            ("72", "72"), (" 1,234 ", "1234"), ("$5.00", "5"), ("-0", "0"), (".50", "0.5"),
            ("007", "7"), ("-$3", "-3"), ("+4.250", "4.25"), ("১৮", "18"), ("12,34", nil),
            ("1.2.3", nil), ("", nil), (".", nil), ("five", nil), ("5 apples", nil),
        ] as [(String, String?)]
    )
    func canonicalNumbers(text: String, expected: String?) {
        #expect(CanonicalNumber(text)?.description == expected)
    }

    @Test("numbers are found in a text in order")
    func numbersInText() {
        let text = "Pay $1,250.50 for 3 of 12,34 at 5. Then 1,000,000."
        #expect(
            CanonicalNumber.numbers(in: text).map(\.description) == [
                "1250.5", "3", "12", "34", "5", "1000000",
            ]
        )
    }

    @Test(
        "expressions keep their meaning and only the brackets they need",
        arguments: [
            ("(8+3)*2", "(8 + 3) * 2", 22.0), ("8-(3+2)", "8 - (3 + 2)", 3),
            ("8-(3-2)", "8 - (3 - 2)", 7), ("(8-3)-2", "8 - 3 - 2", 3), ("8+(3-2)", "8 + 3 - 2", 9),
            ("12/(2*3)", "12 / (2 * 3)", 2), ("2*(6/3)", "2 * (6 / 3)", 4),
            ("2 × 3 + -1", "2 * 3 + -1", 5), ("40*1/10", "40 * 1 / 10", 4),
        ]
    )
    func expressions(text: String, written: String, value: Double) throws {
        let expression = try #require(ArithmeticExpression(parsing: text))
        #expect(expression.description == written && expression.floatingValue == value)
        #expect(ArithmeticExpression(parsing: expression.description)?.floatingValue == value)
    }

    @Test(
        "what is no expression is refused",
        arguments: ["", "1+", "(1", "1)", "a", "1 r2", "2(3)"]
    )
    func noExpressions(text: String) {
        #expect(ArithmeticExpression(parsing: text) == nil)
    }

    @Test("deep brackets and division by zero end quietly")
    func hostileExpressions() {
        let deep = String(repeating: "(", count: 100_000) + "1"
        #expect(ArithmeticExpression(parsing: deep) == nil)
        #expect(ArithmeticExpression(parsing: "1/(2-2)")?.value == nil)
        let one = CanonicalNumber.numbers(in: "1")
        #expect(ArithmeticExpression(prefix: "- number0", numbers: one) == nil)
        #expect(ArithmeticExpression(prefix: "- number0 number1 number0", numbers: one) == nil)
        let chain = String(repeating: "1+", count: 100_000) + "1"
        #expect(ArithmeticExpression(parsing: chain) == nil)
        let prefix =
            String(repeating: "+ ", count: 100_000) + String(repeating: "1 ", count: 100_001)
        #expect(ArithmeticExpression(prefix: prefix, numbers: []) == nil)
    }
}
