import RecipeDocuments
import Yams

/// A merge of a recipe: one setting, or several of which the best is chosen on development
/// problems.
///
/// A key with a list of values stands for one setting with each of them, and several such keys for
/// all combinations: `bottom: [1, 2], top: [0, 1]` are four. A merge may also be a list of
/// settings.
package struct MergeVariants: Encodable, Hashable, Sendable {
    /// The settings, in the order in which they were written.
    package var points: [MergeSettings]
    /// Whether the merged model is written to disk; otherwise it is merged in memory and measured.
    package var isWritten: Bool
    /// How coefficients are searched for; nil when the settings are all there is.
    package var search: SearchSettings?

    private static let writeKey = "write"
    private static let searchKey = "search"

    /// The keys that are read before the settings of the merge, as the reference describes them.
    static let descriptions: [(name: String, entry: KeyEntry)] = [
        (
            searchKey,
            .section(.absent("no search")).meaning(
                "Searches for the coefficients of a layer swap on development problems."
            ).written(as: "{strategy: greedy, budget: 40}")
        ),
        (
            writeKey,
            .boolean(.derived("true for one setting of experts that are trained once")).meaning(
                "Whether the merged model is written; otherwise it is merged in memory and measured."
            )
        ),
    ]

    /// Whether what is done is known only when the merge is measured, since a search or sentence
    /// retrieval decides it.
    package var isFoundLater: Bool {
        search != nil || points.contains { $0.method.neededSentences != nil }
    }

    /// How many settings are compared on development problems, at most.
    package var choiceCount: Int { search?.budget ?? points.count }

    init(
        _ value: RecipeValue,
        layers: Int,
        tiedHead: Bool,
        stages: Named<TrainingStageSettings>,
        merges: [String],
        unwritten: [String]
    ) throws {
        var write: Bool?
        var value = value
        search = try Self.search(takenFrom: &value)
        points = try Self.combinations(of: value, write: &write).map { point in
            try MergeSettings(
                point,
                layers: layers,
                tiedHead: tiedHead,
                models: stages.names + merges,
                unwritten: unwritten
            )
        }
        guard !points.isEmpty else { throw value.error("found an empty list of settings") }
        let isSingle =
            points.count == 1
            && points.allSatisfy { $0.inputs.values.allSatisfy { (stages[$0]?.seeds ?? 1) == 1 } }
        guard isSingle || write != true else {
            throw value.error(
                "only one merge of experts that are trained once is written; take out write: true, "
                    + "or the lists and seeds"
            )
        }
        let readsSentences = points.contains { $0.method.neededSentences != nil }
        isWritten = write ?? (isSingle && search == nil && !readsSentences)
        guard !isWritten || !readsSentences else {
            throw value.error(
                "zones by retrieval are found when the merge is measured, and it is not written; "
                    + "take out write: true, or give bottom and top"
            )
        }
        if search != nil { try checkSearch(value) }
    }

    /// The search of a mapping, which is taken out of it.
    private static func search(takenFrom value: inout RecipeValue) throws -> SearchSettings? {
        guard case .mapping(let mapping) = value.node,
            let node = mapping.first(where: { $0.key.scalar?.string == searchKey })?.value
        else { return nil }
        let settings = try SearchSettings(
            RecipeValue(node: node, path: value.path + [searchKey], document: value.document)
        )
        let rest = mapping.filter { $0.key.scalar?.string != searchKey }.map { ($0.key, $0.value) }
        value = RecipeValue(
            node: .mapping(Node.Mapping(rest, value.node.tag, .block, mapping.mark)),
            path: value.path,
            document: value.document
        )
        return settings
    }

    private func checkSearch(_ value: RecipeValue) throws {
        guard points.count == 1, !isWritten else {
            throw value.error(
                "a search begins with one setting and is not written to disk; take out the lists "
                    + "and write: true"
            )
        }
        guard case .layerSwap(let swap) = points[0].method, swap.scale.isIdle else {
            throw value.error(
                "only the coefficients of a layer swap without scale are searched for"
            )
        }
        let name = swap.patternName
        if swap.coefficients == nil, [.changes, .retrieval].contains(name) {
            throw value.error(
                "a search begins with known weights; take out the search or the pattern "
                    + "'\(name.rawValue)'"
            )
        }
    }

    /// One mapping without lists for each combination.
    private static func combinations(
        of value: RecipeValue,
        write: inout Bool?
    ) throws -> [RecipeValue] {
        if case .sequence = value.node {
            var points: [RecipeValue] = []
            for element in try value.list("a list of settings") {
                points += try combinations(of: element, write: &write)
            }
            return points
        }
        guard case .mapping(let mapping) = value.node else { return [value] }
        var combinations: [[(Node, Node)]] = [[]]
        for (key, node) in mapping {
            if key.scalar?.string == writeKey {
                write = try RecipeValue(
                    node: node,
                    path: value.path + [writeKey],
                    document: value.document
                ).boolean()
                continue
            }
            let choices = choices(of: node, key: key.scalar?.string ?? "")
            combinations = combinations.flatMap { begun in choices.map { begun + [(key, $0)] } }
        }
        return combinations.map { pairs in
            let node = Node.mapping(Node.Mapping(pairs, value.node.tag, .block, mapping.mark))
            return RecipeValue(node: node, path: value.path, document: value.document)
        }
    }

    /// The keys whose values are lists; a list of such lists is a choice.
    private static let listKeys: Set<String> = ["coefficients", "models", "reverted"]

    /// The values that a key goes through.
    private static func choices(of node: Node, key: String) -> [Node] {
        guard case .sequence(let sequence) = node else { return [node] }
        guard listKeys.contains(key) else { return Array(sequence) }
        let isChoice = sequence.contains { if case .sequence = $0 { true } else { false } }
        return isChoice ? Array(sequence) : [node]
    }

    /// Writes one setting as a mapping, several as a list.
    package func encode(to encoder: any Encoder) throws {
        if let search {
            try Searched(settings: points[0], search: search).encode(to: encoder)
        } else if points.count == 1, isWritten {
            try points[0].encode(to: encoder)
        } else {
            var container = encoder.unkeyedContainer()
            for point in points { try container.encode(Unwritten(settings: point)) }
        }
    }

    private struct Searched: Encodable {
        var settings: MergeSettings
        var search: SearchSettings
        enum CodingKeys: String, CodingKey { case search, write }

        func encode(to encoder: any Encoder) throws {
            try settings.encode(to: encoder)
            var container = encoder.container(keyedBy: CodingKeys.self)
            try container.encode(search, forKey: .search)
            try container.encode(false, forKey: .write)
        }
    }

    private struct Unwritten: Encodable {
        var settings: MergeSettings
        enum CodingKeys: String, CodingKey { case write }

        func encode(to encoder: any Encoder) throws {
            try settings.encode(to: encoder)
            var container = encoder.container(keyedBy: CodingKeys.self)
            try container.encode(false, forKey: .write)
        }
    }
}
