import Foundations
import RecipeDocuments
import Yams

/// Mixtures that say only what is different from that of an earlier stage.
///
/// `mixture: {like: language, target-text: {weight: 20}, translation: ~}` reads what the stage
/// `language` reads, with another weight of one source and without another. It is joined as a
/// recipe is with the one that it extends; a source may still be called `like`, since it is a
/// mapping.
extension RecipeValue {
    private static let mixtureKey = "mixture"
    private static let partitionsKey = "partitions"

    /// The mixture of a stage; nil when it has none of its own.
    var mixtureNode: Node? {
        guard case .mapping(let stage) = node else { return nil }
        return stage.first { $0.key.scalar?.string == Self.mixtureKey }?.value
    }

    /// A stage, or one of its partitions, with every mixture written out.
    ///
    /// - Parameters:
    ///   - mixtures: The mixtures of the stages that are written before this one.
    ///   - names: The names of these stages in order, for errors.
    /// - Returns: The same with no reference left.
    /// - Throws: `RecipeError` for a stage that is not among them or has no mixture, and for a
    ///   source that is taken away and is not there.
    func writingOutMixtures(_ mixtures: [String: Node], of names: [String]) throws -> RecipeValue {
        guard case .mapping(let mapping) = node else { return self }
        let pairs = try mapping.map { key, child -> (Node, Node) in
            let name = key.scalar?.string ?? ""
            let value = RecipeValue(node: child, path: path + [name], document: document)
            switch name {
            case Self.mixtureKey: return (key, try value.likeness(mixtures, of: names))
            case Self.partitionsKey:
                return (
                    key,
                    try value.mappingEach { try $0.writingOutMixtures(mixtures, of: names).node }
                )
            default: return (key, child)
            }
        }
        let written = Node.mapping(
            Node.Mapping(pairs, node.tag, mapping.style, mapping.mark)
        )
        return RecipeValue(node: written, path: path, document: document)
    }

    /// The mixture without its reference.
    private func likeness(_ mixtures: [String: Node], of names: [String]) throws -> Node {
        guard case .mapping(var own) = node, let reference = own[Node(Self.likeKey)],
            reference.scalar != nil
        else { return node }
        own[Node(Self.likeKey)] = nil
        let value = RecipeValue(node: reference, path: path + [Self.likeKey], document: document)
        guard !value.isEmpty else { return .mapping(own) }
        let name = try value.text("the name of a stage")
        guard let mixture = mixtures[name] else {
            let known = names.filter { mixtures[$0] != nil }
            let nearest = NearestName.nearest(to: name, among: known)
            let hint = nearest.map { "; did you mean \"\($0)\"?" } ?? ""
            throw value.error(
                "found \"\(name)\", expected a stage with a mixture that is written before this "
                    + "one, one of \(known.joined(separator: ", "))\(hint)"
            )
        }
        for (key, child) in own where RecipeDocument.takesAway(child) {
            let source = key.scalar?.string ?? ""
            let sources = mixture.mapping?.keys.compactMap(\.scalar?.string) ?? []
            guard !sources.contains(source) else { continue }
            let nearest = NearestName.nearest(to: source, among: sources)
            let hint = nearest.map { "; did you mean \"\($0)\"?" } ?? ""
            throw RecipeValue(node: child, path: path + [source], document: document).error(
                "\"~\" takes a source away, and \(name) reads no \"\(source)\"\(hint)"
            )
        }
        return RecipeDocument.joined(mixture, with: .mapping(own))
    }

    /// The mapping with each value replaced; anything else as it is.
    private func mappingEach(_ change: (RecipeValue) throws -> Node) rethrows -> Node {
        guard case .mapping(let mapping) = node else { return node }
        let pairs = try mapping.map { key, child in
            let name = key.scalar?.string ?? ""
            return (
                key, try change(RecipeValue(node: child, path: path + [name], document: document))
            )
        }
        return .mapping(Node.Mapping(pairs, node.tag, mapping.style, mapping.mark))
    }
}
