import Checkpointing
import Foundation
import Testing
import Tokenization

/// Conversions copy the template of a folder, and chats render it: both take the same one.
@Suite("Which of several chat templates counts")
struct ChatTemplateChoiceTests {
    private func withSettings(
        _ templates: [(name: String, template: String)],
        _ body: (URL) throws -> Void
    ) throws {
        let folder = FileManager.default.temporaryDirectory
            .appending(path: "layerswap-templates-\(UUID().uuidString)")
        defer { try? FileManager.default.removeItem(at: folder) }
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        let list = templates.map { ["name": $0.name, "template": $0.template] }
        try JSONSerialization.data(withJSONObject: ["chat_template": list])
            .write(to: folder.appending(path: ChatTemplateFile.tokenizerFile))
        try body(folder)
    }

    @Test("the last one called default, as in transformers")
    func chosen() throws {
        let templates = [("tool_use", "tools"), ("default", "first"), ("default", "second")]
        try withSettings(templates) { folder in
            #expect(try ChatTemplateFile.text(of: folder) == "second")
            let message = ChatMessage(role: .user, content: "Hi")
            let template = try ChatTemplate.recognized(inModelFolder: folder)
            let text = try template?.text([message], addsGenerationPrompt: false)
            #expect(text == "second")
        }
    }

    @Test("none, where none is called default")
    func none() throws {
        try withSettings([("tool_use", "tools")]) { folder in
            let copied = try ChatTemplateFile.text(of: folder)
            #expect(copied == nil)
            #expect(throws: TokenizerError.self) {
                try ChatTemplate.recognized(inModelFolder: folder)
            }
        }
    }
}
