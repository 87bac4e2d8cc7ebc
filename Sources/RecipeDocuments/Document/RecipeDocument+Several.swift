import Foundation
import Foundations
import Yams

extension RecipeDocument {
    /// The documents of a file that holds several with `---` between them.
    ///
    /// - Throws: `RecipeError` when the file is missing, not UTF-8 or not YAML, or a document is no
    ///   mapping.
    package static func several(at url: URL) throws -> [RecipeDocument] {
        let name = url.shownPath
        guard let data = FileManager.default.contents(atPath: url.path) else {
            throw RecipeError(place: name, problem: "there is no readable file here")
        }
        guard let text = String(validating: data, as: UTF8.self) else {
            throw RecipeError(
                place: name,
                problem: "the file is not UTF-8 text; a recipe is a YAML file"
            )
        }
        do {
            return try compose_all(yaml: text).compactMap { node in
                // Nothing between two lines of dashes is no document.
                if case .scalar(let scalar) = node, scalar.string.isEmpty { return nil }
                return try RecipeDocument(root: node, file: name)
            }
        } catch let error as YamlError {
            throw recipeError(from: error, file: name)
        }
    }
}
