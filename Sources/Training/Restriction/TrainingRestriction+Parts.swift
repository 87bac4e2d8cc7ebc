import Transformer

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
    ///
    /// - Throws: `TrainingError.setting`.
    func parts(of layout: ParameterLayout) throws(TrainingError) -> [TrainedPart] {
        try lora?.check(against: layout)
        guard let partitions else { return [try unfrozenPart(of: layout)] }
        try check(partitions, against: layout)
        let trainable = trainable(in: layout)
        var parts: [TrainedPart] = []
        for partition in partitions {
            let trained = trainable.filter(partition.trained.contains)
            guard !trained.isEmpty else {
                throw .setting(
                    name: partition.name,
                    found: partition.trained.text,
                    expected: "more, with \(wanted) in it"
                )
            }
            parts.append(TrainedPart(name: partition.name, entries: trained))
        }
        return parts
    }

    /// What is trained where there are no partitions: everything that is not frozen.
    private func unfrozenPart(of layout: ParameterLayout) throws(TrainingError) -> TrainedPart {
        var trained = trainable(in: layout)
        if let frozen {
            try Self.check(frozen, of: "freeze", against: layout)
            trained.removeAll(where: frozen.contains)
            guard !trained.isEmpty else {
                throw .setting(
                    name: "freeze",
                    found: frozen.text,
                    expected: "less, so that \(wanted) is left to train"
                )
            }
        }
        return TrainedPart(name: nil, entries: trained)
    }

    /// The tensors that training may concern: the targets of adapters, or all.
    private func trainable(in layout: ParameterLayout) -> [ParameterLayout.Entry] {
        guard let lora else { return layout.entries }
        let roles = Set(lora.targets.map(\.role))
        return layout.entries.filter { roles.contains($0.role) }
    }

    /// What a selection must have at least one of, for messages.
    private var wanted: String { lora == nil ? "a parameter" : "a target of adapters" }

    /// Refuses partitions that cannot take turns: fewer than two, of one name, beside frozen
    /// parameters, or with a tensor in two of them.
    private func check(
        _ partitions: [TrainingPartition],
        against layout: ParameterLayout
    ) throws(TrainingError) {
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
                let shared = layout.entries.first {
                    partition.trained.contains($0) && other.trained.contains($0)
                }
                guard let shared else { continue }
                throw .setting(
                    name: "partitions",
                    found: "\(other.name) and \(partition.name) with "
                        + "\(ParameterSelection.Part(of: shared).rawValue) in both",
                    expected: "partitions that share nothing"
                )
            }
        }
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
