import Foundation
import Testing
import Tokenization

/// The other half of `Fixtures/compare_tokenizers.py`, which says how to run it.
@Suite("Comparison with Hugging Face's tokenizers")
struct TokenizerComparisonTests {
    private static let folder = ProcessInfo.processInfo.environment["LAYERSWAP_COMPARE_TOKENIZERS"]

    private struct Result: Encodable {
        var loadSeconds: Double
        var seconds: Double
        var tokens: [[Int32]]
        var withSpecial: [[Int32]]
        var decoded: [String]
    }

    @Test("texts of a file are encoded and decoded for the script", .enabled(if: folder != nil))
    func compare() throws {
        let folder = URL(filePath: try #require(Self.folder))
        let clock = ContinuousClock()
        let model = try String(contentsOf: folder.appending(path: "model.txt"), encoding: .utf8)
        var begin = clock.now
        let tokenizer = try Tokenizer(inModelFolder: URL(filePath: model))
        let load = begin.duration(to: clock.now) / .seconds(1)
        let texts = try JSONDecoder().decode(
            [String].self,
            from: Data(contentsOf: folder.appending(path: "texts.json"))
        )
        begin = clock.now
        let tokens = texts.map { tokenizer.encode($0, allowingSpecial: true) }
        let seconds = begin.duration(to: clock.now) / .seconds(1)
        let result = Result(
            loadSeconds: load,
            seconds: seconds,
            tokens: tokens,
            withSpecial: texts.map {
                tokenizer.encode($0, allowingSpecial: true, addingSpecial: true)
            },
            decoded: tokens.map { tokenizer.decode($0) }
        )
        try JSONEncoder().encode(result).write(to: folder.appending(path: "ours.json"))
        for (text, tokens) in zip(texts, tokens) where !tokenizer.spellsSymbol(text) {
            #expect(tokenizer.encode(text) == tokens)
        }
    }
}
