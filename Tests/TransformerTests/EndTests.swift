import Checkpointing
import Foundation
import Testing
import Transformer

@Suite("Ends of texts")
struct EndTests {
    /// A checkpoint folder with changed values; nil takes a key away.
    private func withFolder(
        _ configuration: [String: Any?] = [:],
        _ generation: [String: Any?]? = [:],
        _ body: (URL) throws -> Void
    ) throws {
        let folder = FileManager.default.temporaryDirectory
            .appending(path: "layerswap-ends-\(UUID().uuidString)")
        defer { try? FileManager.default.removeItem(at: folder) }
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        try GenerationLimitTests.model().write(to: folder)
        for (file, changes) in [
            ("config.json", configuration), ("generation_config.json", generation ?? [:]),
        ] {
            let url = folder.appending(path: file)
            var object =
                try JSONSerialization.jsonObject(with: Data(contentsOf: url)) as? [String: Any]
                ?? [:]
            for (key, value) in changes { object[key] = value }
            try JSONSerialization.data(withJSONObject: object).write(to: url)
        }
        if generation == nil {
            try FileManager.default.removeItem(
                at: folder.appending(path: "generation_config.json")
            )
        }
        try body(folder)
    }

    @Test("all ends of both files stop a text: one, several, none")
    func union() throws {
        func stops(_ configuration: Any?, _ generation: Any?) throws -> Set<Int32> {
            var found: Set<Int32> = []
            try withFolder(["eos_token_id": configuration], ["eos_token_id": generation]) {
                found = try ModelConfiguration(in: $0).stopTokens
            }
            return found
        }
        #expect(try stops(2, 2) == [2])
        #expect(try stops([2, 9], 2) == [2, 9])
        #expect(try stops(2, [7, 2]) == [2, 7])
        #expect(try stops([3, 4], [4, 5]) == [3, 4, 5])
        #expect(try stops(NSNull(), NSNull()) == [])
        #expect(try stops(NSNull(), 8) == [8])
        #expect(try stops([], 2) == [2])
        // A key that is left out has the family's default.
        #expect(try stops(nil, nil) == [2])
        #expect(try stops(nil, 5) == [2, 5])
        try withFolder(["eos_token_id": 6], nil) {
            let found = try ModelConfiguration(in: $0).stopTokens
            #expect(found == [6])
        }
    }

    @Test("a text ends at each of them, and the token is not part of it")
    func stopping() throws {
        let model = GenerationLimitTests.model()
        let options = GenerationOptions(maximumNewTokens: 12)
        let free = try TextGenerator(model: model, threadCount: 1)
            .generate(prompts: [[1, 7]], options: options)[0]
        try withFolder([:], ["eos_token_id": [49, Int(free[4])]]) { folder in
            let generator = TextGenerator(model: try TransformerModel(at: folder), threadCount: 1)
            #expect(generator.stopTokens == [2, 49, free[4]])
            var own = options
            own.stopTokens = generator.stopTokens
            let ended = try generator.generate(prompts: [[1, 7]], options: own)[0]
            #expect(ended == Array(free.prefix { $0 != free[4] && $0 != 2 }))
        }
    }

    @Test("a model that was opened and written again names the same ends")
    func writing() throws {
        try withFolder(
            ["eos_token_id": [2, 9], "bos_token_id": NSNull()],
            ["eos_token_id": [9, 7]]
        ) { folder in
            let model = try TransformerModel(at: folder)
            let copy = folder.appending(path: "copy")
            try FileManager.default.createDirectory(at: copy, withIntermediateDirectories: true)
            try model.write(to: copy)
            #expect(try ModelConfiguration(in: copy) == model.configuration)
            func value(_ file: String, _ key: String) throws -> Any? {
                let data = try Data(contentsOf: copy.appending(path: file))
                return (try JSONSerialization.jsonObject(with: data) as? [String: Any])?[key]
            }
            #expect(try value("config.json", "eos_token_id") as? [Int] == [2, 9])
            #expect(try value("config.json", "bos_token_id") is NSNull)
            #expect(try value("generation_config.json", "eos_token_id") as? [Int] == [9, 7])
        }
        // One end stays a plain number, as in every checkpoint so far.
        let plain = String(
            decoding: try GenerationLimitTests.model().configuration.hubJSON(),
            as: UTF8.self
        )
        #expect(plain.contains("\"eos_token_id\" : 2,") || plain.contains("\"eos_token_id\" : 2\n"))
        #expect(plain.contains("\"bos_token_id\" : 1,"))
    }

    @Test(
        "what is no token of the vocabulary is refused with file and key",
        arguments: ["50", "-1", "2.5", "\"2\"", "true", "[2, true]", "[50]", "{}", "1e30"]
    )
    func wrong(_ text: String) throws {
        let value = try JSONSerialization.jsonObject(
            with: Data(text.utf8),
            options: .fragmentsAllowed
        )
        try withFolder(["eos_token_id": value]) { folder in
            let error = #expect(throws: ConfigurationError.self) {
                try ModelConfiguration(in: folder)
            }
            #expect(error?.key == "eos_token_id")
            #expect(error?.path.hasSuffix("/config.json") == true)
            #expect(error?.description.contains("0 to 49") == true)
        }
        try withFolder(["bos_token_id": value]) { folder in
            let error = #expect(throws: ConfigurationError.self) {
                try ModelConfiguration(in: folder)
            }
            #expect(error?.key == "bos_token_id")
        }
        try withFolder([:], ["eos_token_id": value]) { folder in
            let error = #expect(throws: ConfigurationError.self) {
                try ModelConfiguration(in: folder)
            }
            #expect(error?.key == "eos_token_id")
            #expect(error?.path.hasSuffix("/generation_config.json") == true)
        }
    }
}
