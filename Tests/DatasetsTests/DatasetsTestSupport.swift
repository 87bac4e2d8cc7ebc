import Datasets
import Foundation

/// A tokenizer of whole words whose numbers are known: letters are 10 plus their place.
///
/// Each UTF-8 byte is one token, from 100 on; `<|user|>` is 3 and `<|assistant|>` is 4.
struct ByteTokenizer: TokenEncoding {
    let beginningOfSequence: Int32? = 1
    let endOfSequence: Int32? = 2

    func encode(_ text: String) -> [Int32] {
        text.utf8.map { 100 + Int32($0) }
    }

    func identifier(ofPiece piece: String) -> Int32? {
        switch piece {
        case "<|user|>": 3
        case "<|assistant|>": 4
        default: nil
        }
    }
}

/// Documents listed in a test.
struct ListedSource: DocumentSource {
    var documents: [Document]
    var count: Int? { documents.count }
    var fingerprint: String { "listed" }

    func document(at index: Int) throws -> Document { documents[index] }
}

/// Where the package's own data lie.
enum PackageFolder {
    static let root = URL(fileURLWithPath: #filePath)
        .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
    static let languages = root.appendingPathComponent("Data/Languages")
    static let fixtures = root.appendingPathComponent("Tests/DatasetsTests/Fixtures")

    /// The folder of real data, named by LAYERSWAP_SHARED_DATA or beside the package.
    static let sharedData: URL = {
        if let path = ProcessInfo.processInfo.environment["LAYERSWAP_SHARED_DATA"] {
            return URL(fileURLWithPath: path)
        }
        return root.deletingLastPathComponent().appendingPathComponent("shared/data")
    }()

    static let hasSharedData = FileManager.default.fileExists(
        atPath: sharedData.appendingPathComponent("math_en").path
    )

    static func pack(_ name: String) throws -> LanguagePack {
        try LanguagePack(at: languages.appendingPathComponent("\(name).yaml"))
    }

    /// The settings of a world of few words, as the quickstart has.
    static var fewWords: WorldSettings {
        var settings = WorldSettings()
        settings.words = [
            .noun: 40, .container: 8, .name: 20, .gain: 8, .lose: 8, .neutral: 8, .place: 8,
            .day: 8,
        ]
        return settings
    }

    static func world(_ settings: WorldSettings = fewWords) throws -> BilingualWorld {
        try BilingualWorld(source: pack("english"), target: pack("swahili"), settings: settings)
    }
}
