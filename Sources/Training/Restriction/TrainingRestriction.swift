import Transformer

/// What keeps a run from updating every parameter at every step (Bandarkar and Peng,
/// arXiv 2505.18356, compare these with layer swapping).
package struct TrainingRestriction: Codable, Hashable, Sendable {
    /// Parameters that keep their bytes; excludes `partitions`.
    package var frozen: ParameterSelection?
    /// Partitions whose turns alternate; parameters that are in none keep their bytes.
    package var partitions: [TrainingPartition]?
    /// Adapters that are trained in place of the weights.
    package var lora: LoRASettings?
    /// Where the first values of adapters come from.
    package var seed: UInt64 = 0

    /// No restriction.
    package init() {}
}

/// Parameters that are updated by steps of their own, on data of their own.
package struct TrainingPartition: Codable, Hashable, Sendable {
    /// What the partition is called in logs.
    package var name: String
    /// What its steps update.
    package var trained: ParameterSelection

    /// Describes a partition.
    package init(name: String, trained: ParameterSelection) {
        self.name = name
        self.trained = trained
    }
}

/// The tensors that the steps of one turn update, or whose adapters they update.
struct TrainedPart: Sendable {
    /// The name of the partition, where there are several.
    let name: String?
    let entries: [ParameterLayout.Entry]
}

extension TrainingRestriction {
    /// Finds everything that no model of a layout can be trained with.
    ///
    /// - Throws: `TrainingError.setting`.
    package func check(against layout: ParameterLayout) throws(TrainingError) {
        _ = try parts(of: layout)
    }

    /// The tensors of each turn, in the order of turns; one turn where there are no partitions.
    func parts(of layout: ParameterLayout) throws(TrainingError) -> [TrainedPart] {
        var targets: Set<ParameterRole>?
        if let lora {
            try lora.check(against: layout)
            targets = Set(lora.targets.map(\.role))
        }
        func entries(_ isTrained: (ParameterLayout.Entry) -> Bool) -> [ParameterLayout.Entry] {
            layout.entries.filter { isTrained($0) && (targets?.contains($0.role) ?? true) }
        }
        let left = targets == nil ? "a parameter" : "a target of adapters"
        guard let partitions else {
            let trained = entries { !(frozen?.contains($0) ?? false) }
            if let frozen {
                try Self.check(frozen, of: "freeze", against: layout)
                guard !trained.isEmpty else {
                    throw .setting(
                        name: "freeze",
                        found: frozen.text,
                        expected: "less, so that \(left) is left to train"
                    )
                }
            }
            return [TrainedPart(name: nil, entries: trained)]
        }
        guard partitions.count > 1, Set(partitions.map(\.name)).count == partitions.count else {
            throw .setting(
                name: "partitions",
                found: partitions.map(\.name).joined(separator: ", "),
                expected: "two or more, each with a name of its own"
            )
        }
        if let frozen {
            throw .setting(
                name: "freeze",
                found: frozen.text,
                expected: "nothing beside partitions: what is in none of them is frozen"
            )
        }
        for (index, partition) in partitions.enumerated() {
            try Self.check(partition.trained, of: partition.name, against: layout)
            for other in partitions[..<index] {
                guard
                    let shared = layout.entries.first(where: {
                        partition.trained.contains($0) && other.trained.contains($0)
                    })
                else { continue }
                throw .setting(
                    name: "partitions",
                    found: "\(other.name) and \(partition.name) with "
                        + "\(ParameterSelection.Part(of: shared).rawValue) in both",
                    expected: "partitions that share nothing"
                )
            }
        }
        var parts: [TrainedPart] = []
        for partition in partitions {
            let trained = entries(partition.trained.contains)
            guard !trained.isEmpty else {
                throw .setting(
                    name: partition.name,
                    found: partition.trained.text,
                    expected: "more, with \(left) in it"
                )
            }
            parts.append(TrainedPart(name: partition.name, entries: trained))
        }
        return parts
    }

    /// Refuses layers that the model does not have, and a head that is the embedding matrix.
    private static func check(
        _ selection: ParameterSelection,
        of name: String,
        against layout: ParameterLayout
    ) throws(TrainingError) {
        let highest = layout.entries.compactMap(\.layer).max() ?? -1
        if let layer = selection.highestLayer, layer > highest {
            throw .setting(
                name: name,
                found: selection.text,
                expected: "layers from 0 to \(highest), which is the model's last"
            )
        }
        let hasHead = layout.entries.contains { $0.role == .head }
        if !hasHead, selection.parts.contains(.head) {
            throw .setting(
                name: name,
                found: selection.text,
                expected: "embeddings in place of head: this model's head is its embedding matrix"
            )
        }
    }
}
