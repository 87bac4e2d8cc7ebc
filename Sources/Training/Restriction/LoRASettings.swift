import Transformer

/// What adapters of low rank look like (Hu et al., 2021, arXiv 2106.09685).
package struct LoRASettings: Codable, Hashable, Sendable {
    /// Linear layers of a block, by the names that recipes use.
    package enum Target: String, Codable, CaseIterable, Sendable {
        case query, key, value, output, gate, up, down

        /// The tensor of a block that it stands for.
        package var role: ParameterRole {
            switch self {
            case .query: .query
            case .key: .key
            case .value: .value
            case .output: .attentionOutput
            case .gate: .gate
            case .up: .up
            case .down: .down
            }
        }
    }

    /// r, the rank of the change of each weight.
    package let rank: Int
    /// α; the change is α/r · B A.
    package let alpha: Double
    /// The layers that have adapters, in the order of a block.
    package let targets: [Target]

    /// Describes adapters; the order of targets and their repetition mean nothing.
    package init(rank: Int, alpha: Double, targets: [Target] = Target.allCases) {
        self.rank = rank
        self.alpha = alpha
        self.targets = Target.allCases.filter(targets.contains)
    }

    /// α/r.
    package var scale: Double { alpha / Double(rank) }

    /// - Throws: `TrainingError.setting` for adapters that a model cannot have.
    func check(against layout: ParameterLayout) throws(TrainingError) {
        guard !targets.isEmpty else {
            throw .setting(name: "targets", found: "empty", expected: "one linear layer or more")
        }
        guard alpha.isFinite, alpha > 0 else {
            throw .setting(name: "alpha", found: "\(alpha)", expected: "a number above 0")
        }
        let roles = Set(targets.map(\.role))
        let sides = layout.entries.filter { roles.contains($0.role) }.flatMap(\.shape)
        let smallest = sides.min() ?? 1
        guard (1...smallest).contains(rank) else {
            throw .setting(
                name: "rank",
                found: "\(rank)",
                expected: "a rank from 1 to \(smallest), the smallest side of the weights"
            )
        }
    }
}
