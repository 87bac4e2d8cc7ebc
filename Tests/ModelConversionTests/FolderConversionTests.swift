import Checkpointing
import Foundation
import ModelConversion
import Testing

@Suite("GGUF files as folders")
struct FolderConversionTests {
    @Test("A file of llama.cpp's form gives the tensors under Hugging Face's names, bit by bit")
    func tensors() throws {
        let folder = try TestFolder()
        let output = folder.place("model")
        var last: ModelConversion.Progress?
        let summary = try ModelConversion.makeFolder(
            at: output,
            from: Fixture.llama,
            as: .float32
        ) { last = $0 }
        #expect(summary.tensors == 20 && last?.done == 20 && last?.total == 20)
        let found = try TensorCollection(at: output)
        let expected = try TensorCollection(at: Fixture.llamaNumbers)
        #expect(Set(found.tensors.map(\.name)) == Set(expected.tensors.map(\.name)))
        for tensor in expected.tensors {
            #expect(found.description(of: tensor.name)?.shape == tensor.shape)
            #expect(try found.floats(tensor.name) == expected.floats(tensor.name), "\(tensor.name)")
        }
    }

    @Test("The configuration and the files of the tokenizer say what the file says")
    func files() throws {
        let folder = try TestFolder()
        let output = folder.place("model")
        _ = try ModelConversion.makeFolder(at: output, from: Fixture.llama)
        let fields = try ConfigurationFields(of: output)
        #expect(try fields.text("model_type") == "llama")
        #expect(try fields.count("vocab_size") == 103)
        #expect(try fields.count("num_key_value_heads") == 2)
        #expect(try fields.count("head_dim") == 8)
        #expect(try fields.number("rope_theta") == 50_000)
        #expect(try fields.number("rms_norm_eps") == 1e-5)
        #expect(try fields.flag("tie_word_embeddings") == true)
        #expect(try fields.text("torch_dtype") == "bfloat16")
        #expect(try fields.count("eos_token_id") == 2)
        let settings = try ConfigurationFields(of: output, file: "tokenizer_config.json")
        #expect(try settings.text("bos_token") == "<|im_start|>")
        #expect(try settings.flag("add_bos_token") == false)
        #expect(try settings.text("chat_template") == "{{ messages }}")
        let tokenizer = try ExactJSON(
            Array(Data(contentsOf: output.appending(path: "tokenizer.json")))
        )
        let steps = tokenizer["pre_tokenizer"]?["pretokenizers"]?.list?.map {
            $0["type"]?.text?.text
        }
        #expect(steps == ["Digits", "ByteLevel"])
        let added = tokenizer["added_tokens"]?.list ?? []
        #expect(added.map { $0["special"]?.flag } == [true, true, true, false])
        #expect(added.last?["content"]?.text?.text == "<tool>")
        let merges = tokenizer["model"]?["merges"]?.list ?? []
        #expect(merges.first?.list?.map { $0.text?.text } == ["a", "n"])
        #expect(try Provenance(in: output).stage == "convert")
    }

    @Test("An output that exists stays as it is")
    func existing() throws {
        let folder = try TestFolder()
        _ = try folder.file("model", [1])
        #expect(throws: (any Error).self) {
            try ModelConversion.makeFolder(at: folder.place("model"), from: Fixture.llama)
        }
        #expect(try Data(contentsOf: folder.place("model")) == Data([1]))
    }

    /// The fixture with a key changed, added or taken out, or a tensor left out.
    private func refusal(
        _ key: String = "",
        _ value: GGUFValue? = nil,
        without tensor: String? = nil
    ) throws -> String {
        let folder = try TestFolder()
        let source = try GGUFFile(at: Fixture.llama)
        var metadata = source.metadata.filter { $0.key != key }
        if let value { metadata.append((key, value)) }
        let tensors = try source.tensors.filter { $0.name != tensor }.map {
            try #require(GGUFTensor(name: $0.name, type: .float32, shape: $0.shape))
        }
        try GGUFWriter.write(
            metadata: metadata,
            tensors: tensors,
            to: folder.place("changed.gguf")
        ) { tensor, emit in
            try source.floats(tensor.name).withUnsafeBytes { try emit($0) }
        }
        do {
            _ = try ModelConversion.makeFolder(
                at: folder.place("output"),
                from: folder.place("changed.gguf")
            )
            return "converted"
        } catch {
            #expect("\(error)".contains("changed.gguf"))
            let names = try FileManager.default.contentsOfDirectory(atPath: folder.url.path)
            #expect(names == ["changed.gguf"])
            return "\(error)"
        }
    }

    @Test("Keys and tensors that are missing or lie are refused by name")
    func lies() throws {
        #expect(try refusal() == "converted")
        #expect(try refusal("general.architecture").contains("'general.architecture' is missing"))
        #expect(try refusal("general.architecture", .text("gemma2")).contains("gemma2"))
        for key in [
            "llama.block_count", "llama.embedding_length", "llama.attention.head_count",
            "llama.feed_forward_length", "llama.context_length",
            "llama.attention.layer_norm_rms_epsilon", "tokenizer.ggml.model",
            "tokenizer.ggml.tokens", "tokenizer.ggml.merges",
        ] {
            #expect(try refusal(key).contains("'\(key)' is missing"), "\(key)")
        }
        for (key, value) in [
            ("llama.block_count", GGUFValue.uint32(3)), ("llama.block_count", .uint64(1 << 40)),
            ("llama.attention.head_count", .uint32(5)), ("llama.attention.head_count", .text("4")),
            ("llama.attention.head_count_kv", .uint32(3)),
            ("llama.rope.dimension_count", .uint32(4)), ("llama.rope.freq_base", .float32(.nan)),
            ("llama.rope.scaling.type", .text("longrope")), ("llama.expert_count", .uint32(8)),
            ("split.count", .uint16(2)), ("llama.embedding_length", .uint32(64)),
            ("tokenizer.ggml.model", .text("bert")), ("tokenizer.ggml.pre", .text("tekken")),
            ("tokenizer.ggml.bos_token_id", .uint32(103)),
            ("tokenizer.ggml.merges", .list(GGUFList(["a nothing"]))),
            ("tokenizer.ggml.merges", .list(GGUFList(["an"]))),
            ("tokenizer.ggml.tokens", .list(GGUFList(["a", "a"]))),
            ("tokenizer.ggml.token_type", .list(GGUFList([1, 2] as [Int32]))),
        ] {
            let words = try refusal(key, value)
            #expect(words != "converted", "\(key) \(value.shown)")
            #expect(words.contains("expected"))
        }
        #expect(try refusal("tokenizer.ggml.pre", .text("tekken")).contains("tokenizer.ggml.pre"))
        for tensor in ["blk.1.ffn_up.weight", "output_norm.weight", "token_embd.weight"] {
            #expect(try refusal(without: tensor).contains("'\(tensor)'"))
        }
    }
}
