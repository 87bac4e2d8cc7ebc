import Foundations
import RecipeDocuments
import Yams

/// Stages that read what several earlier stages read, in one training.
///
/// `joins: [language, math]` stands for a mixture with the sources of both and for as many steps as
/// both have. A source keeps its share among those of its stage, and each stage gets a share of the
/// documents that is its share of the steps. This is joint training with the tokens of both
/// experts, whatever their steps are, so that a sweep over these needs no numbers beside them.
extension RecipeValue {
    /// The stage with `joins` written out as steps and a mixture; any other stage as it is.
    ///
    /// - Parameters:
    ///   - mixtures: The mixtures of the stages that are written before this one.
    ///   - earlier: Their names and settings in order.
    /// - Returns: The same without `joins`.
    /// - Throws: `RecipeError` for names that are no earlier stages with a mixture, and for a
    ///   mixture beside them.
    func writingOutJoined(
        _ mixtures: [String: Node],
        of earlier: [(name: String, settings: TrainingStageSettings)]
    ) throws -> RecipeValue {
        typealias Keys = TrainingStageSettings.CodingKeys
        guard case .mapping(var own) = node, let list = own[Node(Keys.joins.rawValue)] else {
            return self
        }
        let value = RecipeValue(
            node: list,
            path: path + [Keys.joins.rawValue],
            document: document
        )
        own[Node(Keys.joins.rawValue)] = nil
        guard !value.isEmpty else {
            return RecipeValue(node: .mapping(own), path: path, document: document)
        }
        for key in [Keys.mixture, .partitions, .checkpoint] {
            guard let other = own[Node(key.rawValue)] else { continue }
            throw RecipeValue(node: other, path: path + [key.rawValue], document: document).error(
                "the key does not apply beside joins, which says what is read"
            )
        }
        let names = try value.list("a list of earlier stages").map { try $0.text("a stage") }
        guard names.count >= 2, Set(names).count == names.count else {
            throw value.error("expected two or more stages, each once")
        }
        let stages = try names.map { name in
            guard let stage = earlier.first(where: { $0.name == name }),
                let mixture = mixtures[name]?.mapping
            else { throw value.unknownStage(name, among: earlier.map(\.name), mixtures) }
            return (name: name, settings: stage.settings, mixture: mixture)
        }
        let tokens = stages.map { $0.settings.tokensPerBatch * $0.settings.accumulation }
        guard Set(tokens).count == 1 else {
            throw value.error(
                "found stages of \(tokens.map(String.init).joined(separator: " and ")) tokens a "
                    + "step, expected the same for all, so that their steps can be added"
            )
        }
        if own[Node(Keys.steps.rawValue)] == nil {
            let steps = stages.reduce(0) { $0 + $1.settings.steps }
            own[Node(Keys.steps.rawValue)] = Node("\(steps)", .implicit, .plain)
        }
        let sources = stages.flatMap { stage in
            let weights = stage.settings.mixture?.entries.map(\.value.weight) ?? []
            let scale =
                Double(stage.settings.steps) / max(weights.reduce(0, +), .leastNormalMagnitude)
            return zip(stage.mixture, weights).map { source, weight in
                (
                    Node("\(stage.name)-\(source.key.scalar?.string ?? "")"),
                    Self.weighted(source.value, by: weight * scale)
                )
            }
        }
        own[Node(Keys.mixture.rawValue)] = .mapping(Node.Mapping(sources))
        return RecipeValue(node: .mapping(own), path: path, document: document)
    }

    /// A source with another weight, rounded so that it reads the same where it is written out.
    private static func weighted(_ source: Node, by weight: Double) -> Node {
        let weight = (weight * 1e6).rounded() / 1e6
        guard case .mapping(var mapping) = source else { return source }
        mapping[Node(SourceSettings.CodingKeys.weight.rawValue)] = Node(
            "\(weight)",
            .implicit,
            .plain
        )
        return .mapping(mapping)
    }

    private func unknownStage(
        _ name: String,
        among earlier: [String],
        _ mixtures: [String: Node]
    ) -> RecipeError {
        let known = earlier.filter { mixtures[$0] != nil }
        let nearest = NearestName.nearest(to: name, among: known)
        let hint = nearest.map { "; did you mean \"\($0)\"?" } ?? ""
        return error(
            "found \"\(name)\", expected stages with a mixture that are written before this one: "
                + "\(known.joined(separator: ", "))\(hint)"
        )
    }
}
