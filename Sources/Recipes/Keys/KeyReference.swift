import Foundations
import RecipeDocuments
import Training

/// Every key of a recipe, and what is said about it: the reference page and
/// `layerswap help recipe`.
package enum KeyReference {
    /// The sections, in the order of the page.
    package static let sections: [KeySection] = [
        KeySection(Recipe.CodingKeys.self, adding: [RecipeDocument.extendingDescription]),
        KeySection(LanguageSettings.CodingKeys.self),
        KeySection(ResourceSettings.CodingKeys.self),
        KeySection(WorldKeys.self),
        KeySection(DataSettings.CodingKeys.self),
        KeySection(TokenizerSettings.CodingKeys.self),
        KeySection(ModelSettings.CodingKeys.self),
        KeySection(PromptSettings.CodingKeys.self),
        KeySection(TrainingStageSettings.CodingKeys.self),
        KeySection(PartitionSettings.CodingKeys.self),
        KeySection(LoRASettings.RecipeKeys.self),
        KeySection(SourceSettings.CodingKeys.self),
        KeySection(MergeSettings.CodingKeys.self, adding: MergeVariants.descriptions),
        KeySection(SearchSettings.Keys.self),
        KeySection(EvaluationSettings.CodingKeys.self),
        KeySection(EvaluationSettings.RoleKeys.self),
        KeySection(ProblemSetSettings.CodingKeys.self),
        KeySection(HeldOutTextSettings.CodingKeys.self),
        KeySection(DevelopmentSettings.CodingKeys.self),
        KeySection(ExampleSettings.CodingKeys.self),
        KeySection(ChoiceSettings.CodingKeys.self),
        KeySection(ChoiceSetSettings.CodingKeys.self),
        KeySection(MGSMSettings.CodingKeys.self),
    ]

    /// Something that is no key and no section of a recipe.
    package struct UnknownKeyError: Error, CustomStringConvertible {
        /// The name that was looked up.
        package let name: String
        /// The nearest known key, if one is near.
        package let nearest: String?

        package var description: String {
            let hint = nearest.map { ", nearest known: \"\($0)\"" } ?? ""
            return "a recipe has no key \"\(name)\"\(hint); 'layerswap help recipe' lists all keys"
        }
    }

    /// What a text finds.
    package enum Finding: Sendable {
        /// A key; several keys have the same name in different places.
        case key(KeySection.Key)
        /// All keys of a mapping.
        case section(KeySection)
    }

    /// Finds keys and sections by a dotted path, or by the last part of one.
    ///
    /// - Parameter text: As in `stages.math.steps`, `learning_rate`, or `model`.
    /// - Returns: At least one key or section.
    /// - Throws: `UnknownKeyError` with the nearest known key.
    package static func find(_ text: String) throws(UnknownKeyError) -> [Finding] {
        let path = text.split(separator: ".", omittingEmptySubsequences: false)
        var found: [Finding] = []
        for section in sections {
            for key in section.keys
            where KeySection.matches(path, key.paths) || (path.count == 1 && key.name == text) {
                found.append(.key(key))
            }
        }
        for section in sections where KeySection.matches(path, section.places) {
            found.append(.section(section))
        }
        guard found.isEmpty else { return found }
        throw UnknownKeyError(name: text, nearest: nearest(to: path))
    }

    /// The nearest known key beside a path; the nearest of all when nothing is known there.
    private static func nearest(to path: [Substring]) -> String? {
        guard let last = path.last.map(String.init) else { return nil }
        let above = path.dropLast()
        let beside = sections.filter {
            above.isEmpty ? $0.places.contains("") : KeySection.matches(Array(above), $0.places)
        }
        for candidates in [beside, sections] {
            let names = Set(candidates.flatMap { $0.keys.map(\.name) }).sorted()
            guard let name = NearestName.nearest(to: last, among: names) else { continue }
            let isBeside = beside.contains { $0.keys.contains { $0.name == name } }
            return (isBeside ? above.map { "\($0)." }.joined() : "") + name
        }
        return nil
    }
}
