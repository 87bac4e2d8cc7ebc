import Foundation
import Testing

@Suite("Recipe reference")
struct RecipeReferenceTests {
    private static let root = URL(filePath: #filePath)
        .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()

    private static let page = root.appending(
        path: "Sources/layerswap/LayerSwap.docc/RecipeReference.md"
    )

    private func generated() throws -> String {
        let manager = FileManager.default
        let folders = [
            "Recipes", "Datasets/World", "Datasets/Readers", "Datasets", "Kernels/Products",
        ]
        let sources = try folders.flatMap { folder in
            let url = Self.root.appending(path: "Sources/\(folder)")
            return try manager.contentsOfDirectory(atPath: url.path).sorted()
                .filter { $0.hasSuffix(".swift") }.map { url.appending(path: $0) }
        }
        return try RecipeReference(sources: sources).page()
    }

    @Test("the page is what the types say; 'make reference' writes it")
    func current() throws {
        let page = try generated()
        if ProcessInfo.processInfo.environment["LAYERSWAP_WRITE_REFERENCE"] != nil {
            try Data(page.utf8).write(to: Self.page)
        }
        #expect(try String(contentsOf: Self.page, encoding: .utf8) == page)
    }

    @Test("every key has a meaning, and keys of every kind are there")
    func complete() throws {
        let page = try generated()
        #expect(!page.contains("| ? |"))
        for line in [
            "| `learning_rate` | number | The highest learning rate. |",
            "| `schedule` | cosine, linear, constant, warmup_stable_decay | The course of the learning rate. |",
            "| `source` | ", "| `word_frequency` | number |", "| `tied_embeddings` | true, false |",
            "| `split` | train, development, test |", "| `layer-swap` | ",
        ] { #expect(page.contains(line), "\(line)") }
    }
}
