import Foundation
import Testing
import Tokenization

/// Tiny tokenizers and what Hugging Face's `tokenizers` does with them, made by
/// `Fixtures/make_json_fixtures.py`.
struct ExpectedForms: Decodable {
    struct Run: Decodable {
        let ids: [Int32]
        let decoded: String
    }

    struct Form: Decodable, CustomTestStringConvertible {
        let name: String
        let file: String
        let ids: [[Int32]]
        let special: [[Int32]]
        let plain: [[Int32]]
        let decoded: [String]
        let runs: [Run]
        var testDescription: String { name }
    }

    let texts: [String]
    let forms: [Form]

    static let loaded = Result {
        try JSONDecoder().decode(
            ExpectedForms.self,
            from: Data(contentsOf: TestTexts.fixture("tokenizers.json"))
        )
    }

    static func form(_ name: String) throws -> Form {
        try #require(try loaded.get().forms.first { $0.name == name })
    }
}

/// A folder with files, removed at the end.
final class TokenizerFolder {
    let url = FileManager.default.temporaryDirectory
        .appendingPathComponent("layerswap-tokenizer-\(UUID().uuidString)")

    init(_ files: [String: String]) throws {
        try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
        for (name, text) in files {
            try Data(text.utf8).write(to: url.appendingPathComponent(name))
        }
    }

    deinit { try? FileManager.default.removeItem(at: url) }
}

@Suite("tokenizer.json")
struct TokenizerJSONTests {
    @Test(
        "texts have the identifiers of the library and come back as its text",
        arguments: try ExpectedForms.loaded.get().forms
    )
    func parity(_ form: ExpectedForms.Form) throws {
        let folder = try TokenizerFolder(["tokenizer.json": form.file])
        let tokenizer = try Tokenizer(inModelFolder: folder.url)
        for (index, text) in try ExpectedForms.loaded.get().texts.enumerated() {
            let words = "\(form.name): \(text.debugDescription)"
            let tokens = tokenizer.encode(text, allowingSpecial: true)
            #expect(tokens == form.ids[index], "\(words)")
            #expect(
                tokenizer.encode(text, allowingSpecial: true, addingSpecial: true)
                    == form.special[index],
                "\(words)"
            )
            #expect(tokenizer.encode(text) == form.plain[index], "\(words)")
            #expect(sameBytes(tokenizer.decode(tokens), form.decoded[index]), "\(words)")
            var decoder = StreamingDecoder(tokenizer: tokenizer)
            let streamed = tokens.map { decoder.append($0) }.joined() + decoder.finish()
            #expect(sameBytes(streamed, form.decoded[index]), "\(words)")
            // Twice: the second time from the words that were kept.
            #expect(tokenizer.encode(text, allowingSpecial: true) == tokens)
        }
        for run in form.runs {
            #expect(sameBytes(tokenizer.decode(run.ids), run.decoded), "\(form.name): \(run.ids)")
        }
    }

    @Test("a byte-level vocabulary counts bytes, streams whole characters and has no unknown piece")
    func byteLevel() throws {
        let form = try ExpectedForms.form("gpt2, merges as texts")
        let folder = try TokenizerFolder(["tokenizer.json": form.file])
        let tokenizer = try Tokenizer(inModelFolder: folder.url)
        #expect(tokenizer.unknown == -1)
        #expect(tokenizer.endOfSequence == nil && tokenizer.beginningOfSequence == nil)
        for text in TestTexts.all {
            let tokens = tokenizer.encode(text)
            #expect(sameBytes(tokenizer.decode(tokens), text))
            #expect(tokens.reduce(0) { $0 + tokenizer.byteLength(of: $1) } == text.utf8.count)
        }
        let bytes = tokenizer.encode("👍")
        #expect(bytes.count > 1 && tokenizer.isByte(bytes[0]))
        var decoder = StreamingDecoder(tokenizer: tokenizer)
        #expect(bytes.map { decoder.append($0) }.filter { !$0.isEmpty } == ["👍"])
        #expect(bytes.dropLast().map { decoder.append($0) }.joined() == "")
        #expect(decoder.finish() == "\u{FFFD}")
        let end = try #require(tokenizer.identifier(ofPiece: "<|endoftext|>"))
        #expect(tokenizer.isControl(end) && tokenizer.byteLength(of: end) == 0)
        #expect(tokenizer.spellsSymbol("a<|endoftext|>\u{301}"))
        #expect(!tokenizer.spellsSymbol("a<|end"))
        #expect(tokenizer.piece(of: tokenizer.encode(" ")[0]) == "Ġ")
        #expect(tokenizer.decode([-1, 100_000]) == "")
    }

    @Test("the files beside it say how a document begins and ends")
    func ends() throws {
        let form = try ExpectedForms.form("llama3, ignore_merges")
        let cases: [([String: String], Int32?, Int32?)] = [
            ([:], 0, nil),
            (["tokenizer_config.json": #"{"eos_token": "</s>"}"#], 0, 1),
            (["special_tokens_map.json": #"{"eos_token": {"content": "</s>"}}"#], 0, 1),
            (["generation_config.json": #"{"eos_token_id": [7, 9]}"#], 0, 7),
            (["generation_config.json": #"{"eos_token_id": 1000000}"#], 0, nil),
            (["tokenizer_config.json": #"{"add_bos_token": false, "bos_token": "<s>"}"#], nil, nil),
            (["tokenizer_config.json": #"{"add_bos_token": true, "bos_token": "</s>"}"#], 1, nil),
        ]
        for (files, beginning, end) in cases {
            let all = files.merging(["tokenizer.json": form.file]) { $1 }
            let folder = try TokenizerFolder(all)
            let tokenizer = try Tokenizer(inModelFolder: folder.url)
            #expect(tokenizer.beginningOfSequence == beginning, "\(files)")
            #expect(tokenizer.endOfSequence == end, "\(files)")
            let own = all.keys.filter { $0 != "generation_config.json" }.sorted()
            #expect(tokenizer.files.map(\.name).sorted() == own)
            let copy = try TokenizerFolder([:])
            for file in tokenizer.files {
                try file.contents.write(to: copy.url.appendingPathComponent(file.name))
            }
            #expect(try Tokenizer(inModelFolder: copy.url).identityBytes == tokenizer.identityBytes)
        }
    }

    @Test("a folder with a .model is read from it; one without either is named with both")
    func folders() throws {
        let form = try ExpectedForms.form("llama2")
        let folder = try TokenizerFolder(["tokenizer.json": form.file])
        let model = try Data(contentsOf: TestTexts.fixture("multilingual.model"))
        try model.write(to: folder.url.appendingPathComponent("tokenizer.model"))
        let tokenizer = try Tokenizer(inModelFolder: folder.url)
        #expect(tokenizer.modelBytes == model && tokenizer.identityBytes == model)
        #expect(tokenizer.files.map(\.name) == ["tokenizer.model", "tokenizer.json"])
        let empty = try TokenizerFolder([:])
        let error = #expect(throws: TokenizerError.self) { try Tokenizer(inModelFolder: empty.url) }
        let words = error?.description ?? ""
        #expect(words.contains(empty.url.path) && words.contains("tokenizer.model"))
        #expect(words.contains("tokenizer.json"))
    }

    @Test("many threads at once give the same identifiers")
    func threads() async throws {
        let form = try ExpectedForms.form("qwen")
        let folder = try TokenizerFolder(["tokenizer.json": form.file])
        let tokenizer = try Tokenizer(inModelFolder: folder.url)
        let texts = try ExpectedForms.loaded.get().texts
        await withTaskGroup(of: Bool.self) { group in
            for _ in 0..<8 {
                group.addTask {
                    (0..<50).allSatisfy { _ in
                        texts.map { tokenizer.encode($0, allowingSpecial: true) } == form.ids
                    }
                }
            }
            for await isSame in group { #expect(isSame) }
        }
    }
}
