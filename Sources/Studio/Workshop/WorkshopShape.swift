import MergeMethods
import Merging
import RecipeDocuments
import Recipes
import RunRecords

/// What does not change about the models of a workshop, so that merges can be planned beside the
/// work.
package struct WorkshopShape: Sendable {
    /// What all models consist of.
    let architecture: CheckpointArchitecture
    /// The trained models, in the order of the recipe.
    let trained: [String]
    /// The folder of each trained model: its own, or the first of several seeds.
    let folders: [String: String]

    /// The depth.
    var layers: Int { architecture.layerCount }

    /// Reads a setting: the mapping of one entry of `merges` in a recipe.
    ///
    /// - Throws: `RecipeError`, with the words that a recipe would get.
    package func merge(_ setting: JSONValue) throws -> MergeSettings {
        try MergeSettings(
            Self.value(of: setting),
            layers: layers,
            tiedHead: architecture.tiedHead,
            models: trained
        )
    }

    /// A part of a recipe that came as JSON, to be read as recipes are.
    ///
    /// - Throws: `RecipeError` for what is no mapping.
    static func value(of setting: JSONValue) throws -> RecipeValue {
        try RecipeDocument(text: setting.text(), file: "the setting").withoutLines.value
    }

    /// The published zones at this depth.
    package var published: LayerSwap { .defaults(layerCount: layers) }

    /// The folders that a merge reads, by the parts that they play.
    func inputs(of merge: MergeSettings) -> [String: String] {
        merge.inputs.mapValues { folders[$0] ?? $0 }
    }
}

extension JSONValue {
    /// The setting of a merge that says its method and nothing else.
    static func method(_ kind: MergeMethod.Kind) -> JSONValue {
        .object([MergeSettings.CodingKeys.method.stringValue: .string(kind.rawValue)])
    }
}
