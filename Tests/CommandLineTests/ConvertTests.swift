import Foundation
import Testing

@Suite("Conversions on the command line")
struct ConvertTests {
    private static let file = Program.root
        .appending(path: "Tests/ModelConversionTests/Fixtures/llama.gguf").path

    @Test("A GGUF file becomes a folder and a file again, which inspect lists")
    func both() throws {
        let folder = try Program.temporaryFolder()
        defer { try? FileManager.default.removeItem(at: folder) }
        let there = try Program.run("convert", Self.file, "model", "--type", "f32", in: folder)
        #expect(there.status == 0, "\(there.errors)")
        #expect(there.output.contains("model: 20 tensors"))
        #expect(there.output.contains("layerswap chat model"))
        let back = try Program.run(
            "convert",
            "model",
            "again.gguf",
            "--type",
            "q8_0",
            "--json",
            in: folder
        )
        #expect(back.status == 0, "\(back.errors)")
        #expect(back.lastLine.contains(#""type":"Q8_0""#))
        let list = try Program.run("inspect", "again.gguf", "--norms", in: folder)
        #expect(list.status == 0, "\(list.errors)")
        #expect(list.output.contains("general.architecture: llama"))
        #expect(list.output.contains("blk.1.ffn_down.weight"))
        #expect(list.output.contains("20 tensors"))
    }

    @Test("Wrong types, wrong names and outputs that exist are errors, and write nothing")
    func refusals() throws {
        let folder = try Program.temporaryFolder()
        defer { try? FileManager.default.removeItem(at: folder) }
        try Data("text".utf8).write(to: folder.appending(path: "text.gguf"))
        for (words, status, part) in [
            (["convert", Self.file, "model", "--type", "q8_0"], 2, "f32, bf16 or f16"),
            (["convert", Self.file, "model", "--type", "q5_0"], 2, "\"q5_0\""),
            (["convert", Self.file, "text.gguf"], 2, "text.gguf"),
            (["convert", Self.file, "b3.gguf", "--type", "f32"], 2, "becomes a folder"),
            (["convert", "text.gguf", "model"], 1, "does not begin with 'GGUF'"),
            (["convert", "missing.gguf", "model"], 1, "missing.gguf"),
        ] as [([String], Int32, String)] {
            let ending = try Program.start(words, in: folder).end()
            #expect(ending.status == status, "\(words): \(ending.errors)")
            #expect(ending.errors.contains(part), "\(words): \(ending.errors)")
            #expect(ending.errors.hasPrefix("layerswap: error: "))
            #expect(
                try FileManager.default.contentsOfDirectory(atPath: folder.path) == ["text.gguf"]
            )
        }
        let made = try Program.run("convert", Self.file, "model", "--quiet", in: folder)
        #expect(made.status == 0 && made.output.isEmpty == false)
        let name = try Program.run("convert", "model", "model.bin", in: folder)
        #expect(name.status == 2 && name.errors.contains(".gguf"))
    }
}
