import Datasets
import Evaluation
import Foundation

/// What lm-evaluation-harness itself gave, made by `Fixtures/make_mgsm_fixture.py`.
struct HarnessFixture: Decodable {
    struct Prompt: Decodable {
        var language: String
        var form: MGSMForm
        var text: String
        var until: [String]
    }

    struct Answers: Decodable {
        var language: String
        var form: MGSMForm
        var replies: [Reply]
    }

    /// A reply, what the flexible and the strict filter find, and whether each is right.
    struct Reply: Decodable {
        var text: String
        var flexible: String
        var strict: String
        var flexibleCorrect: Bool
        var strictCorrect: Bool

        init(from decoder: any Decoder) throws {
            var values = try decoder.unkeyedContainer()
            text = try values.decode(String.self)
            flexible = try values.decode(String.self)
            strict = try values.decode(String.self)
            flexibleCorrect = try values.decode(Bool.self)
            strictCorrect = try values.decode(Bool.self)
        }
    }

    struct Choices: Decodable {
        var row: String
        var context: String
        var choices: [String]
    }

    var question: String
    var exemplars: [String: [Exemplar]]
    var prompts: [Prompt]
    var answers: [Answers]
    var xcopa: [Choices]

    static func read() throws -> HarnessFixture {
        let file = URL(filePath: #filePath).deletingLastPathComponent()
            .appending(path: "Fixtures/mgsm.json")
        return try JSONDecoder().decode(HarnessFixture.self, from: Data(contentsOf: file))
    }
}

/// A file that goes with its folder.
struct TemporaryFile {
    let url: URL

    init(_ text: String) throws {
        let folder = FileManager.default.temporaryDirectory
            .appending(path: "layerswap-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        url = folder.appending(path: "rows.jsonl")
        try Data(text.utf8).write(to: url)
    }

    func remove() { try? FileManager.default.removeItem(at: url.deletingLastPathComponent()) }
}
