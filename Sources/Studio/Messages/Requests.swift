import Recipes
import RunRecords

/// A setting that is to be planned.
struct PlanRequest: Decodable {
    let setting: JSONValue
}

/// A model by its name, or a setting.
struct SubjectRequest: Decodable {
    let setting: JSONValue?
    let model: String?
    let variant: String?

    /// The model or the setting.
    ///
    /// - Throws: `StudioError.malformed` without any; `RecipeError`.
    func subject(_ shape: WorkshopShape) throws -> Subject {
        if let name = model ?? variant { return .model(name) }
        guard let setting else { throw StudioError.malformed("it has no setting and no model") }
        return .merge(try shape.merge(setting))
    }
}

/// How many problems are to be asked of a model or a setting.
struct EvaluationRequest: Decodable {
    let setting: JSONValue?
    let model: String?
    let problems: Int?

    var subject: SubjectRequest {
        SubjectRequest(setting: setting, model: model, variant: nil)
    }
}

/// A question to several models.
struct AskRequest: Decodable {
    let models: [String]
    let setting: JSONValue?
    let question: String
    /// Its language by role or code; nil for the target language.
    let language: String?
    /// The answer of a problem that was drawn.
    let answer: String?
    let asChat: Bool?

    /// The models in the order in which they answer: the merge first, which people wait for.
    ///
    /// - Throws: `RecipeError`.
    func subjects(_ shape: WorkshopShape) throws -> [(name: String, subject: Subject)] {
        let merge = try setting.map { setting in
            (name: Workshop.mergeName, subject: Subject.merge(try shape.merge(setting)))
        }
        let named = models.filter { $0 != Workshop.mergeName }
            .map { (name: $0, subject: Subject.model($0)) }
        return (merge.map { [$0] } ?? []) + named
    }
}

/// A position whose next token is looked at, layer by layer.
struct LensRequest: Decodable {
    let model: String
    let setting: JSONValue?
    let question: String
    /// As in `AskRequest`.
    let language: String?
    let asChat: Bool?
    let tokens: [Int32]

    /// The model or the merge.
    ///
    /// - Throws: `RecipeError`.
    func subject(_ shape: WorkshopShape) throws -> Subject {
        guard model == Workshop.mergeName, let setting else { return .model(model) }
        return .merge(try shape.merge(setting))
    }
}

/// A language to draw a problem of.
struct DrawRequest: Decodable {
    let language: String
}

/// Zones around a setting.
struct MapRequest: Decodable {
    let setting: JSONValue
    let problems: Int?
}

/// A search that begins at a setting.
struct SearchRequest: Decodable {
    let setting: JSONValue
    let search: JSONValue
    let problems: Int?
}

/// A name for a setting.
struct NameRequest: Decodable {
    let name: String
    let setting: JSONValue
    let problems: Int?
}

/// The name of something.
struct NamedRequest: Decodable {
    let name: String
}

/// A template under another name.
struct TemplateRequest: Decodable {
    let template: String
    let target: String?
    let name: String
}

/// The text of a recipe.
struct RecipeRequest: Decodable {
    let recipe: String
}

/// Two models.
struct CompareRequest: Decodable {
    let first: SubjectRequest
    let second: SubjectRequest
    let problems: Int?
}

/// How a setting is to leave.
struct ExportRequest: Decodable {
    let setting: JSONValue
    let form: Workshop.ExportForm
    let name: String
}

/// A kind of bars.
struct BarsRequest: Decodable {
    let kind: String

    /// The analysis that they come from.
    ///
    /// - Throws: `StudioError.malformed`.
    var analysis: AnalysisKind {
        get throws {
            let kinds: [String: AnalysisKind] = [
                "change": .change, "sets": .localize, "states": .representations,
            ]
            guard let analysis = kinds[kind] else {
                throw StudioError.malformed(
                    "found \"\(kind)\", expected \(kinds.keys.sorted().joined(separator: ", "))"
                )
            }
            return analysis
        }
    }
}
