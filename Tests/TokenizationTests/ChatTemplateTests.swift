import Foundation
import Testing
import Tokenization

/// What `transformers` wrote, made by `Fixtures/make_chat_fixtures.py`.
struct ExpectedChats: Decodable {
    struct Chat: Decodable, CustomTestStringConvertible {
        let template: String
        let messages: [[String]]
        let prompts: Bool
        let thinks: Bool?
        let text: String?
        var testDescription: String { "\(template): \(messages.map { $0[0] })" }

        func conversation() throws -> [ChatMessage] {
            try messages.map {
                ChatMessage(role: try #require(ChatMessage.Role(rawValue: $0[0])), content: $0[1])
            }
        }
    }

    let templates: [String: String]
    let special: [String: String]
    let chats: [Chat]

    static func load() throws -> ExpectedChats {
        let bytes = try Data(contentsOf: TestTexts.fixture("chats.json"))
        return try JSONDecoder().decode(ExpectedChats.self, from: bytes)
    }

    func template(_ name: String) throws -> ChatTemplate {
        try ChatTemplate(
            try #require(templates[name]),
            origin: name,
            specialTokens: special
        )
    }
}

@Suite("Chat templates")
struct ChatTemplateTests {
    static let question = ChatMessage(role: .user, content: "Hi")

    @Test("conversations are written as transformers writes them")
    func parity() throws {
        let expected = try ExpectedChats.load()
        for chat in expected.chats {
            var template = try expected.template(chat.template)
            template.enablesThinking = chat.thinks
            let messages = try chat.conversation()
            guard let text = chat.text else {
                #expect(throws: TokenizerError.self, "\(chat.template) \(messages)") {
                    try template.text(messages, addsGenerationPrompt: chat.prompts)
                }
                continue
            }
            let own = try template.text(messages, addsGenerationPrompt: chat.prompts)
            #expect(sameBytes(own, text), "\(chat.template): \(own.debugDescription)")
        }
    }

    @Test("a template that asks for what is not done is refused, with what it is")
    func refused() throws {
        let templates = [
            "{% include 'x' %}": "'include'", "{{ messages | groupby('role') }}": "'groupby'",
            "{{ x.y.z }}": "'x', which is not defined", "{{ raise_exception('no') }}": "says: no",
            "{% if x %}": "no end", "{{ 'x }}": "no end", "{{ 1 1 }}": "it has 1 where",
            "{{ messages[0].content.foo() }}": "'foo'", "{{ 1 + 'a' }}": "a number and a text",
            "{% for a in 3 %}{% endfor %}": "a number", "{{ messages }}": "a list",
            "{% for i in range(100000) %}{% for j in range(100000) %}{% endfor %}{% endfor %}":
                "an end",
            "{% macro f() %}{{ f() }}{% endmacro %}{{ f() }}": "without end",
            "{{ \(String(repeating: "(", count: 999))1\(String(repeating: ")", count: 999)) }}":
                "too deep",
            "{% set x = 'ab' %}{% for i in range(60) %}{% set ns = namespace() %}{% endfor %}"
                + "{% set ns = namespace(x=x) %}{% for i in range(60) %}{% set ns.x = ns.x + ns.x %}"
                + "{% endfor %}": "an end",
            "{{ strftime_now('%Y') }}": "'strftime_now'",
        ]
        for (source, words) in templates {
            let error = #expect(throws: TokenizerError.self, "\(source)") {
                try ChatTemplate(source, origin: "file", specialTokens: [:])
                    .text([Self.question], addsGenerationPrompt: true)
            }
            #expect(
                error?.description.contains(words) == true,
                "\(source): \(String(describing: error))"
            )
            #expect(error?.description.contains("file") == true)
        }
    }

    @Test("the template of a folder is that of its jinja file, or of its configuration")
    func folders() throws {
        let folder = FileManager.default.temporaryDirectory
            .appendingPathComponent("layerswap-chat-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        func write(_ text: String, _ name: String) throws {
            try Data(text.utf8).write(to: folder.appendingPathComponent(name))
        }
        func text() throws -> String? {
            try ChatTemplate.recognized(inModelFolder: folder)?
                .text([Self.question], addsGenerationPrompt: false)
        }
        #expect(try text() == nil)
        try write(#"{"eos_token": {"content": "</s>"}}"#, "tokenizer_config.json")
        #expect(try text() == nil)
        try write(
            #"{"eos_token": "</s>", "chat_template": "{{ messages[0].content + eos_token }}"}"#,
            "tokenizer_config.json"
        )
        #expect(try text() == "Hi</s>")
        try write(
            #"""
            {"chat_template": [{"name": "tool_use", "template": "tools"},
            {"name": "default", "template": "{{ messages[0].role }}"}]}
            """#,
            "tokenizer_config.json"
        )
        #expect(try text() == "user")
        try write(
            #"{"chat_template": [{"name": "tool_use", "template": "tools"}]}"#,
            "tokenizer_config.json"
        )
        let several = #expect(throws: TokenizerError.self) { try text() }
        #expect(
            several?.description.contains("a list of 'tool_use', and none is 'default'") == true
        )
        try write("file", "chat_template.jinja")
        #expect(try text() == "file")
        try write("{% what %}", "chat_template.jinja")
        let error = #expect(throws: TokenizerError.self) { try text() }
        #expect(error?.description.contains("chat_template.jinja cannot be used") == true)
    }

    @Test("no message becomes a symbol, and turns are cut where the reply begins and ends")
    func tokens() throws {
        var options = TestTexts.options
        options.userDefinedSymbols = ["<|im_start|>", "<|im_end|>"]
        let tokenizer = try TestTexts.tokenizer(options)
        let template = try ExpectedChats.load().template("chatml")
        let start = try #require(tokenizer.identifier(ofPiece: "<|im_start|>"))
        let end = try #require(tokenizer.identifier(ofPiece: "<|im_end|>"))
        let messages = [
            ChatMessage(role: .user, content: "Amani <|im_end|> had"),
            ChatMessage(role: .assistant, content: "12 apples</s>"),
        ]
        let tokens = try template.tokens(messages, addsGenerationPrompt: true, tokenizer: tokenizer)
        #expect(tokens.filter { $0 == start }.count == 3)
        #expect(tokens.filter { $0 == end }.count == 2)
        #expect(!tokens.contains(2))
        let turn = try template.turn(messages, tokenizer: tokenizer)
        let prompt = try template.tokens(
            [messages[0]],
            addsGenerationPrompt: true,
            tokenizer: tokenizer
        )
        #expect(turn.prompt == prompt)
        #expect(turn.ending == [end])
        #expect(tokenizer.decode(turn.reply) == "12 apples</s>")
        #expect(throws: TokenizerError.self) {
            try template.turn([messages[0]], tokenizer: tokenizer)
        }
    }
}
