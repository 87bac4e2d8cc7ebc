import Checkpointing
import Foundation
import ModelConversion
import Testing
import Tokenization

@Suite("Folders as GGUF files")
struct FileConversionTests {
    /// The settings of a tiny model of each family, beside those that all have.
    static let models: [(name: String, settings: String)] = [
        ("llama", #""tie_word_embeddings": true"#),
        ("llama", #""attention_bias": true, "mlp_bias": true"#),
        ("mistral", #""head_dim": 16, "sliding_window": null"#), ("qwen2", ""),
        ("qwen3", #""head_dim": 16, "tie_word_embeddings": true"#),
        (
            "llama",
            #"""
            "rope_scaling": {"rope_type": "llama3", "factor": 8.0, "low_freq_factor": 1.0,
            "high_freq_factor": 4.0, "original_max_position_embeddings": 64}
            """#
        ),
        ("llama", #""rope_scaling": {"rope_type": "linear", "factor": 4.0}"#),
    ]

    @Test("A model of each family comes back from F32 as it was", arguments: models.indices)
    func families(_ index: Int) throws {
        let folder = try TestFolder()
        let (family, settings) = Self.models[index]
        let model = folder.place("model")
        try TinyFolder.make(model, family, settings)
        _ = try ModelConversion.makeFile(at: folder.place("a.gguf"), from: model, as: .float32)
        _ = try ModelConversion.makeFolder(
            at: folder.place("back"),
            from: folder.place("a.gguf"),
            as: .float32
        )
        let (before, after) = (
            try TensorCollection(at: model), try TensorCollection(at: folder.place("back"))
        )
        #expect(Set(before.tensors.map(\.name)) == Set(after.tensors.map(\.name)))
        for tensor in before.tensors {
            #expect(try before.floats(tensor.name) == after.floats(tensor.name), "\(tensor.name)")
        }
        let fields = try ConfigurationFields(of: folder.place("back"))
        let type = try fields.text("model_type")
        #expect(type == (family == "mistral" ? "llama" : family))
        #expect(try fields.number("rope_theta") == 10_000)
        let kind = try fields.object("rope_scaling")?.text("rope_type")
        #expect(settings.contains("rope_scaling") == (kind != nil))
        if let kind { #expect(settings.contains("\"\(kind)\"")) }
        #expect(try fields.flag("tie_word_embeddings") == settings.contains("tie_word"))
    }

    @Test("Queries and keys of llama lie in pairs, those of Qwen do not")
    func order() throws {
        let folder = try TestFolder()
        for family in ["llama", "qwen2"] {
            let (model, file) = (folder.place(family), folder.place("\(family).gguf"))
            try TinyFolder.make(model, family, "")
            _ = try ModelConversion.makeFile(at: file, from: model, as: .float32)
            let written = try GGUFFile(at: file).floats("blk.0.attn_q.weight")
            let read = try TensorCollection(at: model)
                .floats("model.layers.0.self_attn.q_proj.weight")
            // Heads of 8 rows: the second row of the file is the fifth of the folder.
            let row = family == "llama" ? 4 : 1
            #expect(Array(written[32..<64]) == Array(read[row * 32..<(row + 1) * 32]))
        }
    }

    @Test("Matrices get the type, norms stay F32", arguments: ["f16", "bf16", "q8_0"])
    func types(_ name: String) throws {
        let folder = try TestFolder()
        try TinyFolder.make(folder.place("model"), "llama", "")
        let type = try #require(ModelConversion.type(named: name))
        let target = folder.place("a.gguf")
        _ = try ModelConversion.makeFile(at: target, from: folder.place("model"), as: type)
        let file = try GGUFFile(at: target)
        #expect(file.tensor(named: "blk.0.ffn_up.weight")?.type == type)
        #expect(file.tensor(named: "output_norm.weight")?.type == .float32)
        #expect(file["general.architecture"] == .text("llama"))
        #expect(file["general.quantization_version"] == .uint32(2))
        let expected: UInt32 = ["f16": 1, "bf16": 32, "q8_0": 7][name] ?? 0
        #expect(file["general.file_type"] == .uint32(expected))
    }

    @Test(
        "A SentencePiece model comes back with the same tokens",
        arguments: ["multilingual.model", "foreign.model"]
    )
    func pieces(_ name: String) throws {
        let folder = try TestFolder()
        let model = folder.place("model")
        let source = try Tokenizer(at: Fixture.pieces(name))
        try TinyFolder.make(model, "llama", "", vocabulary: source.vocabularySize + 3)
        try FileManager.default.removeItem(at: model.appending(path: "tokenizer.json"))
        try FileManager.default.copyItem(
            at: Fixture.pieces(name),
            to: model.appending(path: "tokenizer.model")
        )
        _ = try ModelConversion.makeFile(at: folder.place("a.gguf"), from: model)
        let file = try GGUFFile(at: folder.place("a.gguf"))
        #expect(file["tokenizer.ggml.tokens"]?.list?.count == source.vocabularySize + 3)
        #expect(file["tokenizer.ggml.scores"]?.list?.count == source.vocabularySize + 3)
        _ = try ModelConversion.makeFolder(at: folder.place("back"), from: folder.place("a.gguf"))
        let back = try Tokenizer(
            at: folder.place("back").appending(path: "tokenizer.model")
        )
        for text in ["Juma ana machungwa 12.", "Asha has 4 books!\n", "  naïve  ß 数学 😀", ""] {
            #expect(back.encode(text) == source.encode(text), "\(text)")
        }
        // `transformers` 5 takes what has the name of this class for merged pairs.
        let isMerged = file["tokenizer.ggml.model"] == .text("llama")
        #expect(isMerged == (name == "foreign.model"))
        let settings = try ConfigurationFields(
            of: folder.place("back"),
            file: "tokenizer_config.json"
        )
        #expect(try settings.text("tokenizer_class") == (isMerged ? "LlamaTokenizer" : nil))
    }

    @Test("A tokenizer.json of SentencePiece origin gives pieces with scores by their merges")
    func piecesAsJSON() throws {
        let folder = try TestFolder()
        let model = folder.place("model")
        try TinyFolder.make(model, "llama", "")
        // The second merge begins with an accent, which Swift takes for a part of the space.
        let json = #"""
            {"added_tokens": [{"id": 0, "content": "<unk>", "special": true},
            {"id": 1, "content": "<s>", "special": true}, {"id": 2, "content": "<x>"}],
            "normalizer": {"type": "Sequence", "normalizers": [{"type": "Prepend", "prepend": "▁"},
            {"type": "Replace", "pattern": {"String": " "}, "content": "▁"}]},
            "post_processor": {"type": "TemplateProcessing", "single": [{"SpecialToken": {"id": "<s>",
            "type_id": 0}}, {"Sequence": {"id": "A", "type_id": 0}}]},
            "model": {"type": "BPE", "byte_fallback": true, "unk_token": "<unk>",
            "vocab": {"<unk>": 0, "<s>": 1, "<x>": 2, "<0x0A>": 3, "▁": 4, "a": 5, "́": 6,
            "▁a": 7, "á": 8}, "merges": ["▁ a", "a ́"]}}
            """#
        try Data(json.utf8).write(to: model.appending(path: "tokenizer.json"))
        _ = try ModelConversion.makeFile(at: folder.place("a.gguf"), from: model)
        let file = try GGUFFile(at: folder.place("a.gguf"))
        #expect(file["tokenizer.ggml.model"] == .text("llama"))
        #expect(file["tokenizer.ggml.add_space_prefix"] == .flag(true))
        #expect(file["tokenizer.ggml.add_bos_token"] == .flag(true))
        let kinds = file["tokenizer.ggml.token_type"]?.list?.integers ?? []
        #expect(Array(kinds.prefix(10)) == [2, 3, 4, 6, 1, 1, 1, 1, 1, 5])
        let scores = file["tokenizer.ggml.scores"]?.list?.floats ?? []
        #expect(Array(scores[4..<9]) == [-2, -2, -2, 0, -1])
    }

    @Test("What GGUF cannot say is refused by name, and nothing is left")
    func refusals() throws {
        for (family, settings, word) in [
            ("gemma2", "", "model_type"), ("llama", #""hidden_act": "gelu""#, "hidden_act"),
            ("llama", #""rope_scaling": {"rope_type": "dynamic", "factor": 2.0}"#, "rope_type"),
            ("llama", #""hidden_size": 36028797018963968"#, "hidden_size"),
        ] {
            let folder = try TestFolder()
            try TinyFolder.make(folder.place("model"), family, settings)
            do {
                _ = try ModelConversion.makeFile(
                    at: folder.place("a.gguf"),
                    from: folder.place("model")
                )
                Issue.record("\(settings) was converted")
            } catch {
                #expect("\(error)".contains(word), "\(error)")
            }
            let names = try FileManager.default.contentsOfDirectory(atPath: folder.url.path)
            #expect(names == ["model"])
        }
    }

    @Test("A number that does not fit the type is refused by the name of its tensor")
    func range() throws {
        let folder = try TestFolder()
        let model = folder.place("model")
        try TinyFolder.make(model, "llama", "", value: 1e30)
        for type in [GGUFType.float16, .q8_0] {
            #expect(throws: GGUFError.self) {
                try ModelConversion.makeFile(at: folder.place("a.gguf"), from: model, as: type)
            }
        }
        _ = try ModelConversion.makeFile(at: folder.place("a.gguf"), from: model, as: .bfloat16)
    }

    @Test(
        "Pre-tokenizers have llama.cpp's names, and unknown ones are refused",
        arguments: [
            (#"{"type": "ByteLevel", "add_prefix_space": false, "use_regex": true}"#, "gpt-2"),
            (
                #"""
                {"type": "Sequence", "pretokenizers": [{"type": "Digits", "individual_digits": true},
                {"type": "ByteLevel", "add_prefix_space": false}]}
                """#, "smollm"
            ),
            (#"{"type": "ByteLevel", "add_prefix_space": true}"#, nil),
            (#"{"type": "Whitespace"}"#, nil), ("null", nil),
        ]
    )
    func forms(_ form: String, _ name: String?) throws {
        let folder = try TestFolder()
        let model = folder.place("model")
        try TinyFolder.make(model, "llama", "", preTokenizer: form)
        let target = folder.place("a.gguf")
        guard let name else {
            #expect {
                try ModelConversion.makeFile(at: target, from: model)
            } throws: {
                "\($0)".contains("'pre_tokenizer'") && "\($0)".contains("tokenizer.json")
            }
            return
        }
        _ = try ModelConversion.makeFile(at: target, from: model)
        #expect(try GGUFFile(at: target)["tokenizer.ggml.pre"] == .text(name))
    }
}
