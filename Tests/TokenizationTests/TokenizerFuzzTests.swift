import Foundation
import TestSupport
import Testing
import Tokenization

/// Tokenizer files and chat templates made to do harm; `make fuzz` runs it for longer.
@Suite("Damaged tokenizer.json and chat templates", .serialized)
struct TokenizerFuzzTests {
    @Test("Damaged files are refused, or read and write text")
    func tokenizers() throws {
        let expected = try ExpectedForms.loaded.get()
        let names = expected.forms.indices.map { "\($0)/tokenizer.json" }
        let folder = try TokenizerFolder([:])
        for (name, form) in zip(names, expected.forms) {
            let url = folder.url.appendingPathComponent(name)
            try FileManager.default.createDirectory(
                at: url.deletingLastPathComponent(),
                withIntermediateDirectories: true
            )
            try Data(form.file.utf8).write(to: url)
        }
        let outcome = try FuzzFolder(root: folder.url, files: names).run("tokenizer.json") {
            _,
            file in
            let url = folder.url.appendingPathComponent(file).deletingLastPathComponent()
            let tokenizer = try Tokenizer(inModelFolder: url)
            for text in expected.texts.dropLast(4) {
                let tokens = tokenizer.encode(text, allowingSpecial: true, addingSpecial: true)
                _ = tokenizer.decode(tokens)
                _ = tokenizer.decode(tokenizer.encode(text))
            }
            _ = tokenizer.decode([-1, 0, 1, .max, .min, Int32(tokenizer.vocabularySize)])
        }
        #expect(outcome.failures.isEmpty, "\(outcome.failures.joined(separator: "\n"))")
        #expect(outcome.succeeded > 0 && outcome.succeeded < outcome.cases, "\(outcome)")
    }

    @Test("Damaged chat templates are refused, or write a conversation")
    func templates() throws {
        let expected = try ExpectedChats.load()
        let names = expected.templates.keys.sorted().map { "\($0)/chat_template.jinja" }
        let folder = try TokenizerFolder([:])
        for name in names {
            let url = folder.url.appendingPathComponent(name)
            let source = expected.templates[String(name.dropLast("/chat_template.jinja".count))]
            try FileManager.default.createDirectory(
                at: url.deletingLastPathComponent(),
                withIntermediateDirectories: true
            )
            try Data((source ?? "").utf8).write(to: url)
        }
        let messages = [
            ChatMessage(role: .user, content: "3 + 4?"),
            ChatMessage(role: .assistant, content: "7 <|im_end|>"),
        ]
        let outcome = try FuzzFolder(root: folder.url, files: names).run("chat templates") {
            _,
            file in
            let url = folder.url.appendingPathComponent(file).deletingLastPathComponent()
            let template = try #require(try ChatTemplate.recognized(inModelFolder: url))
            _ = try template.text(messages, addsGenerationPrompt: true)
        }
        #expect(outcome.failures.isEmpty, "\(outcome.failures.joined(separator: "\n"))")
        #expect(outcome.succeeded > 0 && outcome.succeeded < outcome.cases, "\(outcome)")
    }
}
