import RecipeDocuments

/// Where the files are that sources and evaluations name.
package struct DataSettings: Encodable, Hashable, Sendable {
    /// The folder; nil when everything is generated.
    package var folder: String?

    enum CodingKeys: String, DescribedKey {
        case folder

        static let places = ["data"]

        var entry: KeyEntry {
            .text("a folder", .absent("required when a source or a set names a file")).meaning(
                "The folder of the files that sources and evaluations name."
            ).written(as: "Data")
        }
    }

    init(_ value: RecipeValue?) throws {
        guard let value else { return }
        let reader = try MappingReader(value, keys: CodingKeys.self)
        folder = try reader.valueIfPresent(.folder)
    }
}
