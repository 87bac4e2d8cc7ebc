import Checkpointing
import Foundation
import ModelConversion
import Testing
import Tokenization

@Suite("Trained tokenizers as other programs read them")
struct HubTokenizerTests {
    /// Trains a tokenizer and writes what belongs beside its pieces.
    ///
    /// - Returns: The tokenizer of the pieces alone.
    private func train(
        _ type: TokenizerTrainingOptions.ModelType,
        chatTemplate: String? = ChatSymbols.template,
        in folder: URL
    ) throws -> Tokenizer {
        let pieces = folder.appending(path: "tokenizer.model")
        let sentences = (0..<80).map { "Tom has \($0) apples and buys \($0 + 2). Äpfel: \($0)!" }
        let options = TokenizerTrainingOptions(
            vocabularySize: 312,
            modelType: type,
            characterCoverage: 1
        )
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        try TokenizerTrainer.train(sentences: sentences, options: options).write(to: pieces)
        let files = try HubTokenizer.files(
            beside: pieces,
            context: 256,
            chatTemplate: chatTemplate
        )
        for (name, data) in files { try data.write(to: folder.appending(path: name)) }
        return try Tokenizer(at: pieces)
    }

    @Test("merged pairs give the tokens of the pieces, behind symbols too")
    func bytePairs() throws {
        let folder = try TestFolder()
        let pieces = try train(.bpe, in: folder.url)
        let json = try Tokenizer(at: folder.place("tokenizer.json"))
        #expect(json.vocabularySize == pieces.vocabularySize)
        for text in [
            "Tom has 12 apples.", "  two  spaces ", "a\n\nb", "naïve ß 数学 😀", "Äpfel: 7!", " ",
        ] {
            let tokens = pieces.encode(text)
            #expect(json.encode(text) == tokens, "\(text)")
            #expect(json.decode(tokens) == text)
            let prompt = "<|user|>\(text)<|assistant|>"
            #expect(
                json.encode(prompt, allowingSpecial: true, addingSpecial: true)
                    == pieces.encode(prompt, allowingSpecial: true, addingSpecial: true),
                "\(text)"
            )
        }
    }

    @Test("a unigram model keeps its scores, and only symbols cut a text")
    func unigram() throws {
        let folder = try TestFolder()
        let pieces = try train(.unigram, in: folder.url)
        let data = try Data(contentsOf: folder.place("tokenizer.json"))
        let object = try #require(JSONSerialization.jsonObject(with: data) as? [String: Any])
        let model = try #require(object["model"] as? [String: Any])
        #expect(model["type"] as? String == "Unigram" && model["unk_id"] as? Int == 0)
        #expect(model["byte_fallback"] as? Bool == true)
        let vocabulary = try #require(model["vocab"] as? [[Any]])
        let spellings = vocabulary.compactMap { $0.first as? String }
        #expect(spellings == (0..<Int32(pieces.vocabularySize)).map(pieces.piece(of:)))
        #expect(vocabulary.contains { ($0.last as? Double ?? 0) < -1 })
        let added = try #require(object["added_tokens"] as? [[String: Any]])
        #expect(
            added.compactMap { $0["content"] as? String }
                == ["<unk>", "<s>", "</s>", "<pad>", "<|user|>", "<|assistant|>"]
        )
        let settings = try ConfigurationFields(of: folder.url, file: "tokenizer_config.json")
        #expect(try settings.text("bos_token") == "<s>")
        #expect(try settings.text("eos_token") == "</s>")
        #expect(try settings.text("chat_template") == ChatSymbols.template)
        #expect(try settings.text("tokenizer_class") == "PreTrainedTokenizerFast")
    }

    @Test(
        "a GGUF file has the chat template of the folder, and that of the symbols for older runs",
        arguments: [("{{ 'Hi' }}", "{{ 'Hi' }}"), (nil, nil), ("older", ChatSymbols.template)]
            as [(String?, String?)]
    )
    func templates(_ template: String?, _ expected: String?) throws {
        let folder = try TestFolder()
        let model = folder.place("model")
        let rows = try train(.unigram, in: folder.place("trained")).vocabularySize
        try TinyFolder.make(model, "llama", "", vocabulary: rows)
        try FileManager.default.removeItem(at: model.appending(path: "tokenizer.json"))
        _ = try train(.unigram, chatTemplate: template, in: model)
        if template == "older" {
            for name in ["tokenizer.json", "tokenizer_config.json"] {
                try FileManager.default.removeItem(at: model.appending(path: name))
            }
        }
        _ = try ModelConversion.makeFile(at: folder.place("a.gguf"), from: model)
        let file = try GGUFFile(at: folder.place("a.gguf"))
        #expect(file["tokenizer.chat_template"]?.text == expected)
        #expect(file["tokenizer.ggml.model"] == .text("t5"))
        #expect(file["tokenizer.ggml.tokens"]?.list?.count == rows)
    }
}
