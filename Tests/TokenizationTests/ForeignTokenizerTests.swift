import Foundation
import Testing
import Tokenization

@Suite("Tokenizers of other projects")
struct ForeignTokenizerTests {
    @Test("a model without a beginning and an end of sequence loads, reads and writes")
    func withoutEnds() throws {
        let tokenizer = try Tokenizer(at: TestTexts.fixture("foreign.model"))
        #expect(tokenizer.beginningOfSequence == nil)
        #expect(tokenizer.endOfSequence == nil)
        #expect(tokenizer.padding == nil)
        // From the library's own Python package.
        let tokens: [Int32] = [285, 283, 284, 299, 287, 280, 295, 264, 273, 270, 299, 287, 52]
        #expect(tokenizer.encode("Question: Tim\nAnswer: 3") == tokens)
        #expect(tokenizer.decode(tokens) == "Question: Tim\nAnswer: 3")
    }

    private func folder(_ configuration: String?) throws -> URL {
        let folder = FileManager.default.temporaryDirectory
            .appendingPathComponent("layerswap-foreign-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        try FileManager.default.copyItem(
            at: TestTexts.fixture("multilingual.model"),
            to: folder.appendingPathComponent("tokenizer.model")
        )
        if let configuration {
            try Data(configuration.utf8)
                .write(to: folder.appendingPathComponent("tokenizer_config.json"))
        }
        return folder
    }

    @Test(
        "tokenizer_config.json decides whether documents begin with <s>",
        arguments: [
            (nil, true), ("{}", true), ("{\"add_bos_token\": true}", true),
            ("{\"add_bos_token\": null}", true), ("{\"add_bos_token\": false}", false),
            ("{\"add_bos_token\": false, \"add_eos_token\": true}", false),
        ] as [(String?, Bool)]
    )
    func beginning(_ configuration: String?, _ isThere: Bool) throws {
        let folder = try folder(configuration)
        defer { try? FileManager.default.removeItem(at: folder) }
        let tokenizer = try Tokenizer(inModelFolder: folder)
        #expect(tokenizer.beginningOfSequence == (isThere ? 1 : nil))
        #expect(tokenizer.endOfSequence == 2)
    }

    @Test(
        "a broken tokenizer_config.json is named",
        arguments: ["[", "[]", "{\"add_bos_token\": 1}"]
    )
    func broken(_ configuration: String) throws {
        let folder = try folder(configuration)
        defer { try? FileManager.default.removeItem(at: folder) }
        let error = #expect(throws: TokenizerError.self) { try Tokenizer(inModelFolder: folder) }
        #expect(error?.description.contains("/tokenizer_config.json: ") == true)
    }
}
