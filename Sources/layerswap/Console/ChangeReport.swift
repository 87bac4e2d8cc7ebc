import Foundation
import Foundations
import MergeMethods

/// How far two experts have moved from their base, as lines of text.
struct ChangeReport {
    private let profile: ChangeProfile

    init(_ profile: ChangeProfile) {
        self.profile = profile
    }

    /// A table with a row for each layer and its halves, and the warnings.
    var lines: [String] {
        let titles = ["layer", "language", "math", "cosine"]
        let halves = ["attention: language", "math", "cosine", "mlp: language", "math", "cosine"]
        let table = TextTable(
            header: titles + halves,
            rows: profile.layers.indices.map { layer in
                ["\(layer)"]
                    + [profile.layers, profile.attention, profile.mlp].flatMap { cells($0[layer]) }
            },
            rightAligned: Set(0..<(titles + halves).count)
        )
        return ["Changes are ‖θ − θ₀‖ / ‖θ₀‖; the cosine is that of both changes."] + table.lines
            + profile.warnings.map { "Warning: \($0)." }
    }

    private func cells(_ entry: ChangeProfile.Entry) -> [String] {
        [entry.language, entry.math, entry.cosine].map { String(format: "%.4f", $0) }
    }
}
