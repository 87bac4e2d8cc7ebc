import Checkpointing
import Foundation
import ModelConversion
import TestSupport
import Testing

/// GGUF files and folders made to do harm.
///
/// `FuzzSettings` says for how long.
@Suite("Damaged GGUF files and folders")
struct GGUFFuzzTests {
    private static let files = [
        "llama.gguf", "types.gguf", "pieces.gguf", "model/config.json", "model/tokenizer.json",
        "model/model.safetensors", "pieces/tokenizer.model", "pieces/tokenizer_config.json",
        "llama.gguf", "pieces.gguf",
    ]

    @Test("Whatever a file holds: an error and nothing written, or a model, and never a crash")
    func damaged() throws {
        let folder = try TestFolder()
        let root = folder.url
        for (source, name) in [(Fixture.llama, "llama.gguf"), (Fixture.types, "types.gguf")] {
            try FileManager.default.copyItem(at: source, to: folder.place(name))
        }
        try TinyFolder.make(folder.place("model"), "llama", "")
        try TinyFolder.make(folder.place("pieces"), "llama", "", vocabulary: 400)
        let pieces = folder.place("pieces")
        try FileManager.default.removeItem(at: pieces.appending(path: "tokenizer.json"))
        try FileManager.default.copyItem(
            at: Fixture.pieces("foreign.model"),
            to: pieces.appending(path: "tokenizer.model")
        )
        try Data(
            #"""
            {"unk_token": {"content": "<unk>"}, "add_bos_token": true,
            "added_tokens_decoder": {"399": {"content": "<x>", "special": true}},
            "chat_template": "{{ messages }}"}
            """#.utf8
        ).write(to: pieces.appending(path: "tokenizer_config.json"))
        _ = try ModelConversion.makeFile(at: folder.place("pieces.gguf"), from: pieces)
        let outcome = try FuzzFolder(root: root, files: Self.files).run("gguf") { _, file in
            let output = folder.place("output")
            if file == "types.gguf" {
                let file = try GGUFFile(at: folder.place(file))
                for tensor in file.tensors { _ = try file.floats(tensor.name) }
            } else if file.hasSuffix(".gguf") {
                _ = try ModelConversion.makeFolder(at: output, from: folder.place(file))
            } else {
                let model = file.hasPrefix("pieces") ? pieces : folder.place("model")
                _ = try ModelConversion.makeFile(at: output, from: model, as: .q8_0)
            }
        }
        #expect(outcome.failures.isEmpty, "\(outcome.failures)")
        // Both happen, or the damage is none, or kills everything at the door.
        #expect(outcome.succeeded > 0 && outcome.succeeded < outcome.cases)
    }
}
