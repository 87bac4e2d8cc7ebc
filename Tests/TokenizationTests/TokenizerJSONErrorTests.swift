import Foundation
import Testing
import Tokenization

@Suite("tokenizer.json that cannot be used")
struct TokenizerJSONErrorTests {
    private func error(_ file: String) throws -> String {
        let folder = try TokenizerFolder(["tokenizer.json": file])
        let error = #expect(throws: TokenizerError.self, "\(file.prefix(200))") {
            try Tokenizer(inModelFolder: folder.url)
        }
        let words = error?.description ?? ""
        #expect(words.contains("/tokenizer.json"))
        return words
    }

    private static func file(
        vocabulary: String = #"{"a": 0, "b": 1, "ab": 2}"#,
        merges: String = #"[["a", "b"]]"#,
        model: String = "",
        rest: String = #", "decoder": {"type": "ByteLevel"}"#
    ) -> String {
        """
        {"model": {"type": "BPE", "vocab": \(vocabulary), "merges": \(merges)\(model)}\(rest)}
        """
    }

    @Test("the file that the others are made of is one")
    func whole() throws {
        let folder = try TokenizerFolder(["tokenizer.json": Self.file()])
        #expect(try Tokenizer(inModelFolder: folder.url).encode("aba") == [2, 0])
    }

    @Test("a file that is cut off anywhere is refused")
    func cutOff() throws {
        let whole = try ExpectedForms.form("llama2").file
        for share in [0, 1, 10, 50, 90, 99] {
            let words = try error(String(whole.prefix(whole.count * share / 100)))
            #expect(words.contains("cut off") || words.contains("half a character"), "\(words)")
        }
    }

    @Test(
        "what is wrong is named",
        arguments: [
            ("[]", "not a JSON object"),
            ("{}", "has no 'model'"),
            (file(vocabulary: #"{"a": 0, "b": 0, "ab": 2}"#), "'model.vocab.b' is 0"),
            (file(vocabulary: #"{"a": 0, "a": 1, "ab": 2}"#), "'model.vocab.a' is there twice"),
            (file(vocabulary: #"{"a": 0, "b": 01, "ab": 2}"#), "a number is none of JSON"),
            (file(vocabulary: #"{"a": 0, "b": 1, "ab": 9}"#), "is token 9"),
            (file(vocabulary: #"{"a": 0, "b": 1, "ab": -2}"#), "'model.vocab.ab' is -2"),
            (file(vocabulary: #"{"a": 0, "b": 1, "ab": 99999999999}"#), "'model.vocab.ab'"),
            (file(vocabulary: #"{"a": 0, "b": 1, "ab": "2"}"#), "'model.vocab.ab' is \"2\""),
            (file(vocabulary: "[]"), "'model.vocab' is a list"),
            (file(merges: #"[["a", "c"]]"#), "'model.merges.0' names \"c\""),
            (file(merges: #"[["b", "a"]]"#), "names \"ba\""),
            (file(merges: #"["a b c"]"#), "expected two tokens"),
            (file(merges: #"[["a"]]"#), "expected two tokens"),
            (file(merges: "3"), "'model.merges' is 3"),
            (file(model: #", "dropout": 0.1"#), "dropout 0.1"),
            (file(model: #", "unk_token": "x""#), "'model.unk_token' is \"x\""),
            (file(model: #", "end_of_word_suffix": "</w>""#), "model.end_of_word_suffix"),
            (file(model: #", "byte_fallback": 1"#), "'model.byte_fallback' is 1"),
            (#"{"model": {"type": "Unigram", "vocab": []}}"#, "the model Unigram"),
            (#"{"model": {"type": "WordPiece", "vocab": {}}}"#, "the model WordPiece"),
            (file(rest: ""), "without a decoder"),
            (file(rest: #", "decoder": {"type": "CTC"}"#), "the decoder CTC"),
            (file(rest: #", "normalizer": {"type": "Precompiled"}"#), "the normalizer Precompiled"),
            (file(rest: #", "pre_tokenizer": {"type": "BertPreTokenizer"}"#), "BertPreTokenizer"),
            (
                file(
                    rest: #", "pre_tokenizer": {"type": "Split", "behavior": "Isolated", "#
                        + #""pattern": {"Regex": "(a"}}"#
                ), "the regular expression '(a'"
            ),
            (
                file(
                    rest: #", "pre_tokenizer": {"type": "Split", "behavior": "Isolated", "#
                        + #""pattern": {"Regex": "[a&&b]"}}"#
                ), "intersection"
            ),
            (
                file(
                    rest: #", "decoder": {"type": "ByteLevel"}, "#
                        + #""post_processor": {"type": "BertProcessing"}"#
                ), "the post-processor BertProcessing"
            ),
            (
                file(
                    rest: #", "decoder": {"type": "ByteLevel"}, "#
                        + #""added_tokens": [{"id": 1, "content": "x"}]"#
                ), "has the number of \"b\""
            ),
            (
                file(
                    rest: #", "decoder": {"type": "ByteLevel"}, "#
                        + #""added_tokens": [{"id": 3, "content": "b"}]"#
                ), "is \"b\" with the number 3"
            ),
            (
                file(
                    rest: #", "decoder": {"type": "ByteLevel"}, "#
                        + #""added_tokens": [{"id": 4, "content": "x"}]"#
                ), "is token 4"
            ),
        ] as [(String, String)]
    )
    func named(_ file: String, _ words: String) throws {
        let error = try error(file)
        #expect(error.contains(words), "\(error)")
    }

    @Test(
        "an expression whose attempts multiply on runs of a character is refused with its place",
        arguments: [#"(a+)+\\d"#, #"(\\p{L}+\\s?)+$"#]
    )
    func multiplying(_ expression: String) throws {
        let folder = try TokenizerFolder([
            "tokenizer.json": Self.file(
                rest: #", "decoder": {"type": "ByteLevel"}, "pre_tokenizer": "#
                    + #"{"type": "Split", "behavior": "Isolated", "#
                    + #""pattern": {"Regex": "\#(expression)"}}"#
            )
        ])
        #expect {
            try Tokenizer(inModelFolder: folder.url)
        } throws: { error in
            "\(error)".contains("tokenizer.json") && "\(error)".contains("pre_tokenizer")
                && "\(error)".contains("tries too much")
        }
    }

    @Test("an expression that tries without end is given up after a while, with its name")
    func endlessExpression() async {
        let ending = await #expect(
            processExitsWith: .failure,
            observing: [\.standardErrorContent]
        ) {
            let folder = try TokenizerFolder([
                "tokenizer.json": TokenizerJSONErrorTests.file(
                    rest: #", "decoder": {"type": "ByteLevel"}, "pre_tokenizer": "#
                        + #"{"type": "Split", "behavior": "Isolated", "#
                        + #""pattern": {"Regex": "((ab)+)+\\d"}}"#
                )
            ])
            let text = String(repeating: "ab", count: 64)
            _ = try Tokenizer(inModelFolder: folder.url).encode(text)
        }
        let words = String(decoding: ending?.standardErrorContent ?? [], as: UTF8.self)
        #expect(words.contains(#"the regular expression '((ab)+)+\d' of a tokenizer was given up"#))
    }
}
