import Foundation
import MergeMethods
import Merging
import Testing

@Suite("What tokens mean to two models")
struct TokenizerComparisonTests {
    private let folders: MergeFolders
    private let inputs: [MergeInput]

    init() throws {
        let folders = try MergeFolders()
        self.folders = folders
        inputs = try ["language", "math"].map {
            try folders.make($0, seed: $0 == "math" ? 1 : 2, tokenizer: nil)
        }
    }

    /// Writes the same file for both models, or a different one for each.
    private func write(_ file: String, _ language: String?, _ math: String?) throws {
        for (text, name) in [(language, "language"), (math, "math")] {
            guard let text else { continue }
            try folders.write(text, to: file, of: name)
        }
    }

    private func warnings() throws -> [String] {
        try MergeExecutor(
            .average(.uniform(of: ["language", "math"])),
            of: inputs,
            workspace: MergeWorkspace(threadCount: 1)
        ).warnings()
    }

    private func refusal() -> String {
        let error = #expect(throws: MergeError.self) { try warnings() }
        return error?.description ?? ""
    }

    private func decoder(_ id: Int, _ text: String, special: Bool = true) -> String {
        """
        {"added_tokens_decoder": {"\(id)": {"content": "\(text)", "special": \(special)}}}
        """
    }

    // MARK: - Added tokens

    @Test("One number with two meanings, in any of the files")
    func twoMeanings() throws {
        try write("tokenizer.model", "pieces", "pieces")
        try write("added_tokens.json", #"{"<a>": 9}"#, #"{"<b>": 9}"#)
        #expect(refusal().contains("token 9 is '<a>' in 'language' and '<b>' in 'math'"))
        try write("added_tokens.json", #"{"<a>": 9}"#, #"{ "<a>" : 9 }"#)
        #expect(try warnings().isEmpty)
        try write("tokenizer_config.json", decoder(10, "<c>"), decoder(10, "<d>"))
        #expect(refusal().contains("token 10 is '<c>' in 'language' and '<d>' in 'math'"))
        // From one file to another.
        try write("tokenizer_config.json", "{}", decoder(9, "<e>"))
        #expect(refusal().contains("token 9 is '<a>' in 'language' and '<a>' and '<e>' in 'math'"))
    }

    @Test("One token with two numbers")
    func twoNumbers() throws {
        try write("tokenizer.model", "pieces", "pieces")
        try write("added_tokens.json", #"{"<a>": 9}"#, #"{"<a>": 10}"#)
        #expect(
            refusal().contains("the token '<a>' is number 9 in 'language' and number 10 in 'math'")
        )
    }

    @Test("What looks alike is not the same: bytes are compared")
    func bytes() throws {
        try write("tokenizer.model", "pieces", "pieces")
        try write("added_tokens.json", #"{"e\u0301": 9}"#, #"{"\u00e9": 9}"#)
        #expect(refusal().contains("token 9 is"))
        try write(
            "added_tokens.json",
            #"{"e\u0301": 9, "\u00e9": 10}"#,
            "{\"\u{e9}\": 10, \"e\u{301}\": 9}"
        )
        #expect(try warnings().isEmpty)
    }

    @Test("An addition of one side is reported, and so is a token that plays another part")
    func additions() throws {
        try write("tokenizer.model", "pieces", "pieces")
        try write("added_tokens.json", nil, #"{"<a>": 9, "<b>": 10}"#)
        #expect(try warnings().count == 1)
        #expect(
            try warnings()[0].hasPrefix("only 'math' has the added tokens '<a>' (9), '<b>' (10)")
        )
        try write(
            "special_tokens_map.json",
            #"{"eos_token": "</s>"}"#,
            #"{"eos_token": {"content": "<a>"}}"#
        )
        #expect(
            try warnings().contains {
                $0.hasPrefix("eos_token is '</s>' in 'language' and '<a>' in 'math'")
                    && $0.hasSuffix("the merged model has the tokenizer of 'language'")
            }
        )
        try write("tokenizer_config.json", decoder(9, "<a>"), decoder(9, "<a>", special: false))
        #expect(try warnings().contains { $0.contains("is a special symbol in one model") })
    }

    @Test("A file that cannot be understood is named")
    func damaged() throws {
        try write("tokenizer.model", "pieces", "pieces")
        for text in [
            "{", "[]", #"{"<a>": "9"}"#, #"{"<a>": 1.5}"#, String(repeating: "[", count: 90_000),
        ] {
            try write("added_tokens.json", "{}", text)
            #expect(refusal().contains("math/added_tokens.json cannot be understood"))
        }
    }

    // MARK: - tokenizer.json

    private static let old = #"""
        {"version": "1.0", "truncation": null, "padding": null,
         "added_tokens": [{"id": 0, "content": "<s>", "single_word": false, "lstrip": false,
           "rstrip": false, "normalized": false, "special": true}],
         "normalizer": {"type": "Sequence", "normalizers": [{"type": "Prepend", "prepend": "_"}]},
         "pre_tokenizer": {"type": "Metaspace", "replacement": "_", "add_prefix_space": true},
         "post_processor": null, "decoder": {"type": "ByteLevel", "add_prefix_space": true,
           "trim_offsets": true, "use_regex": true},
         "model": {"type": "BPE", "dropout": null, "unk_token": null, "fuse_unk": false,
           "continuing_subword_prefix": "", "byte_fallback": false,
           "vocab": {"<s>": 0, "a": 1, "b": 2, "ab": 3}, "merges": ["a b", "ab a"]}}
        """#
    private static let new = #"""
        {"added_tokens":[{"special":true,"content":"<s>","id":0}],"padding":{"strategy":"Fixed"},
        "model":{"merges":[["a","b"],["ab","a"]],"vocab":{"ab":3,"a":1,"b":2,"<s>":0},
        "ignore_merges":false,"type":"BPE"},"decoder":{"type":"ByteLevel"},
        "normalizer":{"prepend":"_","type":"Prepend"},
        "pre_tokenizer":{"type":"Metaspace","replacement":"_","prepend_scheme":"always","split":true}}
        """#

    @Test("Versions of the library write one tokenizer in many ways")
    func versions() throws {
        try write("tokenizer.json", Self.old, Self.new)
        #expect(try warnings().isEmpty)
        // A list of pieces without a type is a unigram model.
        let list = #"{"model": {"unk_id": 0, "vocab": [["<unk>", 0], ["a", -1.0]]}}"#
        let typed = #"{"model":{"type":"Unigram","vocab":[["<unk>",0.0],["a",-1]],"unk_id":0}}"#
        try write("tokenizer.json", list, typed)
        #expect(try warnings().isEmpty)
    }

    @Test(
        "A difference that means something is named",
        arguments: [
            (#"["ab","a"]"#, #"["ab","b"]"#, "tokenizer.json is of one 'merges'"),
            (#""b":2"#, #""c":2"#, "token 2 is 'b' in 'language' and 'c' in 'math'"),
            (#","b":2"#, "", "token 2 is 'b' in 'language' and missing in 'math'"),
            (#""prepend":"_""#, #""prepend":"-""#, "tokenizer.json is of one 'normalizer'"),
            (#""split":true"#, #""split":false"#, "tokenizer.json is of one 'pre_tokenizer'"),
            (#""always""#, #""first""#, "tokenizer.json is of one 'pre_tokenizer'"),
            (#""ignore_merges":false"#, #""ignore_merges":true"#, "of one 'settings of the model'"),
            (#""id":0"#, #""id":7"#, "the token '<s>' is number 0 in 'language'"),
        ]
    )
    func differences(_ part: String, _ other: String, _ expected: String) throws {
        try write("tokenizer.json", Self.old, Self.new.replacing(part, with: other))
        let words = refusal()
        #expect(words.contains(expected), "\(words)")
    }

    @Test("What is put around tokens changes no meaning, and is reported")
    func surroundings() throws {
        let other = Self.new.replacing(
            #""decoder":{"type":"ByteLevel"}"#,
            with: #""decoder":{"type":"Metaspace"}"#
        )
        try write("tokenizer.json", Self.old, other)
        #expect(try warnings().count == 1)
        #expect(try warnings()[0].hasPrefix("decoder of tokenizer.json differs"))
    }

    @Test("The file that both have decides; without one they cannot be compared")
    func common() throws {
        try write("tokenizer.json", Self.old, Self.new)
        try write("tokenizer.model", "pieces", nil)
        #expect(try warnings().isEmpty)
        try FileManager.default.removeItem(at: folders.folder("language/tokenizer.json"))
        #expect(refusal().contains("tokenizer.model is "))
    }

    @Test("Two files of byte-level encoding are compared by what they say")
    func twoFiles() throws {
        try write("vocab.json", #"{"a": 0, "b": 1}"#, #"{"b":1,"a":0}"#)
        try write("merges.txt", "#version: 0.2\na b\n", "a b\r\n")
        #expect(try warnings().isEmpty)
        try write("merges.txt", "a b\n", "b a\n")
        #expect(refusal().contains("vocab.json is of one 'merges'"))
    }

    // MARK: - SentencePiece

    /// A field that holds bytes.
    private func field(_ number: Int, _ content: [UInt8]) -> [UInt8] {
        let key = UInt64(number << 3 | 2)
        return varint(key) + varint(UInt64(content.count)) + content
    }

    private func varint(_ value: UInt64) -> [UInt8] {
        value < 128 ? [UInt8(value)] : [UInt8(value & 127) | 128] + varint(value >> 7)
    }

    private func number(_ number: Int, _ value: UInt64) -> [UInt8] {
        varint(UInt64(number << 3)) + varint(value)
    }

    private func piece(_ text: String, _ score: Float, type: UInt64? = nil) -> [UInt8] {
        let bits = withUnsafeBytes(of: score.bitPattern.littleEndian) { Array($0) }
        return field(
            1,
            field(1, Array(text.utf8)) + [21] + bits + (type.map { number(3, $0) } ?? [])
        )
    }

    private func model(_ parts: [UInt8]..., to name: String) throws {
        try Data(parts.flatMap { $0 }).write(
            to: folders.folder(name).appending(path: "tokenizer.model")
        )
    }

    @Test("How SentencePiece was trained says nothing; pieces, scores, types and rules do")
    func sentencePiece() throws {
        let pieces = piece("<unk>", 0, type: 2) + piece("a", -1)
        let trainer = field(2, field(1, Array("file.txt".utf8)) + number(4, 2))
        let normalizer = field(3, field(1, Array("nmt".utf8)) + number(3, 1))
        try model(pieces, trainer, normalizer, to: "language")
        let other = field(2, number(4, 9) + number(3, 1) + number(40, 0)) + field(4, [1, 2])
        try model(pieces, other, field(3, []), to: "math")
        #expect(try warnings().isEmpty)
        for (parts, expected) in [
            (piece("<unk>", 0, type: 2) + piece("b", -1), "token 1 is 'a' in 'language' and 'b'"),
            (piece("<unk>", 0, type: 2) + piece("a", -2), "one 'scores of the pieces'"),
            (piece("<unk>", 0, type: 2) + piece("a", -1, type: 4), "one 'types of the pieces'"),
            (pieces + piece("c", -3), "token 2 is 'c' in 'math' and missing in 'language'"),
            (pieces + field(3, number(3, 0)), "one 'normalizer'"),
            (pieces + field(2, number(3, 2)), "one 'settings'"),
        ] {
            try model(parts, trainer, to: "math")
            let words = refusal()
            #expect(words.contains(expected), "\(words)")
        }
        // What is cut off is compared by its bytes.
        try model(Array((pieces + trainer).dropLast(3)), to: "math")
        #expect(refusal().contains("tokenizer.model is "))
    }
}
