import Foundation
import MergeMethods
import Merging
import Testing

@Suite("What the card of a merged model says")
struct ModelCardTests {
    private func card(_ inputs: [MergeInput], in folders: MergeFolders) throws -> String {
        let output = folders.folder("output")
        _ = try MergeExecutor(
            .layerSwap(LayerSwap(bottom: 1, top: 1)),
            of: inputs,
            workspace: MergeWorkspace(threadCount: 1)
        ).write(to: output, version: "test")
        return try String(contentsOf: output.appending(path: "README.md"), encoding: .utf8)
    }

    @Test("A base used only for comparison is not in the title, and the card has no path")
    func title() throws {
        let folders = try MergeFolders()
        let card = try card(folders.experts(), in: folders)
        #expect(card.contains("\n# layer-swap of language and math\n"))
        #expect(card.hasPrefix("---\nlibrary_name: transformers\ntags:\n"))
        #expect(!card.contains(folders.root.path(percentEncoded: false)))
    }

    @Test("Models from the cache of the hub are named as they are there")
    func hub() throws {
        let folders = try MergeFolders()
        let inputs = try ["language", "math"].enumerated().map { number, name in
            let folder = "models--some-org--\(name)-7b/snapshots/abc"
            try folders.make(folder, seed: UInt64(number))
            return MergeInput(name: name, folder: folders.folder(folder))
        }
        let card = try card(inputs, in: folders)
        #expect(card.contains("\nbase_model:\n- some-org/language-7b\n- some-org/math-7b\ntags:\n"))
        #expect(card.contains("| `math` | math-7b |"))
    }
}
