import Foundation
import Testing

/// Whole files through the tokenizer of the tiny run.
@Suite("tokenizer encode and decode")
final class TokenizerLinesTests {
    private let folder: URL

    init() throws { folder = try Program.temporaryFolder() }

    deinit { try? FileManager.default.removeItem(at: folder) }

    private static let tokenizer = TinyRun.folder.appending(path: "tokenizer").path

    private func file(_ name: String, _ text: String) throws -> String {
        let url = folder.appending(path: name)
        try Data(text.utf8).write(to: url)
        return url.path
    }

    private func lines(_ text: String) -> [String] {
        text.split(separator: "\n").map(String.init)
    }

    @Test("lines of text become arrays, and arrays the same text again")
    func bothWays() throws {
        let texts = try file("texts.txt", "Juma ana 12.\n\n  \"two\" spaces </s>\n")
        let encoded = try Program.run("tokenizer", "encode", Self.tokenizer, texts)
        #expect(encoded.status == 0)
        let arrays = lines(encoded.output)
        #expect(arrays.count == 2 && arrays.allSatisfy { $0.hasPrefix("[") && $0.hasSuffix("]") })
        #expect(encoded.errors.contains("2 texts, ") && encoded.errors.contains(" bytes a token"))
        let decoded = try Program.run(
            "tokenizer",
            "decode",
            Self.tokenizer,
            file("arrays.jsonl", encoded.output)
        )
        #expect(decoded.status == 0)
        #expect(lines(decoded.output) == [#""Juma ana 12.""#, #""  \"two\" spaces </s>""#])
    }

    @Test("a field of JSON lines is read, special tokens count as asked, and --json has all of it")
    func special() throws {
        struct Encoded: Decodable {
            var texts: Int
            var tokens: Int
            var identifiers: [[Int]]
        }
        let texts = try file("texts.jsonl", #"{"question": "a</s>", "id": "1"}"# + "\n")
        func identifiers(_ flags: String...) throws -> [Int] {
            let ending = try Program.start(
                ["tokenizer", "encode", Self.tokenizer, texts, "--field", "question", "--json"]
                    + flags
            ).end()
            let encoded = try JSONDecoder().decode(Encoded.self, from: Data(ending.output.utf8))
            #expect(encoded.texts == 1 && encoded.tokens == encoded.identifiers[0].count)
            return encoded.identifiers[0]
        }
        let plain = try identifiers()
        let parsed = try identifiers("--parse-special")
        let framed = try identifiers("--add-special-tokens")
        #expect(parsed.count < plain.count && parsed.count == 2)
        #expect(framed.count > plain.count && framed.contains(plain[0]))
    }

    @Test("what is no array, no identifier or no file is refused with its line")
    func refused() throws {
        for (verb, text, expected) in [
            ("decode", "[1, 2]\nabc\n", ["bad:2", "found \"abc\"", "an array of identifiers"]),
            ("decode", "[1, 99999999]\n", ["bad:1", "the identifier 99999999"]),
            ("decode", "[-1]\n", ["bad:1", "the identifier -1"]),
            ("encode", "\n", ["bad"]),
        ] {
            let ending = try Program.run("tokenizer", verb, Self.tokenizer, file("bad", text))
            #expect(ending.status == 1, "\(verb) \(text)")
            for part in expected { #expect(ending.errors.contains(part), "\(ending.errors)") }
        }
        let missing = try Program.run("tokenizer", "encode", Self.tokenizer, "/no/such/file")
        #expect(missing.status == 1 && missing.errors.contains("there is no such file"))
    }
}
