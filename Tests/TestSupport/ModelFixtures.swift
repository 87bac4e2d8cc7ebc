import Foundation

/// Tiny models that `transformers` has made, with what PyTorch computes for them.
package enum ModelFixtures {
    /// The folder of the committed ones.
    package static let folder = URL(filePath: #filePath).deletingLastPathComponent()
        .deletingLastPathComponent().appending(path: "TransformerTests/Fixtures")

    /// Models of all families, each a folder with `expected.safetensors` and `generation.json`.
    ///
    /// `LAYERSWAP_HOLD_OUT` names a folder of more of them, which
    /// `make_family_fixtures.py --hold-out` has made.
    package static let all: [URL] = {
        let names = [
            "tied", "untied", "llama-bias", "mistral", "qwen2", "qwen3", "qwen3-bias", "gemma3",
        ]
        let committed = names.map { folder.appending(path: $0) }
        guard let path = ProcessInfo.processInfo.environment["LAYERSWAP_HOLD_OUT"] else {
            return committed
        }
        let others = try? FileManager.default.contentsOfDirectory(
            at: URL(filePath: path),
            includingPropertiesForKeys: nil
        )
        return committed + (others ?? []).sorted { $0.path < $1.path }
    }()
}
