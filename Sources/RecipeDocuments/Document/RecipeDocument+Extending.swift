import Foundation
import Foundations
import Yams

/// Recipes that say only what is different from another: `extends: paper-swahili.yaml`.
extension RecipeDocument {
    private static let extendingKey = "extends"

    /// The key as the reference describes it.
    package static let extendingDescription = (
        name: extendingKey,
        entry: KeyEntry.text("the file of another recipe", .absent("none")).meaning(
            "A recipe to begin with, relative to this one; this recipe then says only what is "
                + "different."
        ).written(as: "paper-swahili.yaml")
    )

    /// Puts the recipe over the one that it extends, which is checked by itself first.
    ///
    /// Mappings are joined key by key, in the order of the other recipe; every other value replaces
    /// the one there. A key with `~` takes away what the other recipe has under it. Values of the
    /// other recipe have no lines in errors, because they stand in another file.
    ///
    /// - Parameters:
    ///   - url: The file of this recipe; the path of the other begins in its folder.
    ///   - chain: The files that led here, so that none extends itself.
    /// - Throws: `RecipeError`.
    package mutating func extend(at url: URL, chain: [String]) throws {
        guard case .mapping(var mapping) = root,
            let node = mapping[Node(Self.extendingKey)]
        else { return }
        let value = RecipeValue(node: node, path: [Self.extendingKey], document: self)
        let path = try value.text("the file of another recipe")
        let other = URL(filePath: path, relativeTo: url.deletingLastPathComponent())
            .standardizedFileURL
        let files = chain + [url.standardizedFileURL.path]
        guard !files.contains(other.path) else {
            throw value.error("\(path) leads back to this recipe; no recipe can extend itself")
        }
        guard let data = FileManager.default.contents(atPath: other.path),
            let text = String(validating: data, as: UTF8.self)
        else { throw value.error("there is no readable recipe \(other.shownPath)") }
        var base = try RecipeDocument(text: text, file: other.shownPath)
        try base.extend(at: other, chain: files)
        mapping[Node(Self.extendingKey)] = nil
        root = Self.joined(Self.withoutMarks(base.root), with: .mapping(mapping))
    }

    /// A value put over another: mappings key by key, where `~` takes a key away; anything else
    /// replaces what it stands over.
    package static func joined(_ base: Node, with own: Node) -> Node {
        guard case .mapping(let first) = base, case .mapping(let second) = own else { return own }
        var pairs = first.map { ($0.key, $0.value) }
        // What is taken from another stage is not here yet, so that taking away has to wait.
        let isReference = pairs.contains {
            $0.0.scalar?.string == RecipeValue.likeKey && $0.1.scalar != nil
        }
        for (key, value) in second {
            let place = pairs.firstIndex { $0.0.scalar?.string == key.scalar?.string }
            switch (place, takesAway(value)) {
            case (let place?, true): pairs.remove(at: place)
            case (nil, true) where !isReference: continue
            case (nil, true): pairs.append((key, value))
            case (let place?, false): pairs[place] = (key, joined(pairs[place].1, with: value))
            case (nil, false): pairs.append((key, value))
            }
        }
        return .mapping(Node.Mapping(pairs, own.tag, second.style, second.mark))
    }

    /// Whether a value is the sign that takes away what stands under its key.
    package static func takesAway(_ value: Node) -> Bool {
        value.scalar.map { $0.style == .plain && $0.string == "~" } ?? false
    }
}
