/// The keys of one kind of mapping: the names as they are written, and as they are shown again.
package protocol RecipeKey: CodingKey, CaseIterable, Hashable {}

/// Keys of a recipe, each with its description.
///
/// The description is the only place that has the type, the default, the range and the meaning of a
/// key. `MappingReader` checks values against it and takes defaults from it; `KeyReference` makes
/// the reference page and `layerswap help recipe` from it.
package protocol DescribedKey: RecipeKey, Sendable {
    /// Where a mapping with these keys stands, as dotted paths from the top of a recipe; `NAME`
    /// stands for a name that the recipe chooses, and an empty path for the recipe itself.
    static var places: [String] { get }

    /// The description of the key.
    var entry: KeyEntry { get }

    /// Those of `places` in which the key may not be written.
    var excludedPlaces: Set<String> { get }
}

extension DescribedKey {
    /// Most keys may be written wherever their mapping stands.
    package var excludedPlaces: Set<String> { [] }
}
