import Yams

extension RecipeDocument {
    /// What a YAML file describes.
    package enum Kind: Sendable {
        /// A run: a recipe with stages, for `layerswap run`.
        case run
        /// A merge of checkpoint folders, for `layerswap merge`.
        case merge
        /// A merge as mergekit configures it.
        case mergekit
    }

    /// The key that every mergekit configuration has.
    package static let mergekitKey = "merge_method"

    /// What the file describes, by its keys.
    package var kind: Kind {
        guard case .mapping(let mapping) = root else { return .run }
        let keys = mapping.keys.compactMap { $0.scalar?.string }
        if keys.contains(Self.mergekitKey) { return .mergekit }
        return keys.contains("merge") && !keys.contains("stages") ? .merge : .run
    }
}
