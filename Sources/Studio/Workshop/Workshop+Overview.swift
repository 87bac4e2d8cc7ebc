import Datasets
import Foundation
import MergeMethods
import Recipes
import RunRecords

/// What the page shows before anything is asked.
extension Workshop {
    /// The run, its models, and what merges there are.
    func overview() throws -> StudioOverview {
        let recipe = material.experiment?.recipe
        return StudioOverview(
            title: material.title,
            mode: material.run == nil ? "checkpoints" : "run",
            canAsk: silence == nil,
            reason: silence,
            layers: shape.layers,
            tiedHead: shape.architecture.tiedHead,
            parameters: shape.architecture.tensors.reduce(0) { sum, tensor in
                sum + tensor.shape.reduce(1, *)
            },
            languages: LanguageRole.allCases.reversed().map { role in
                StudioOverview.Language(
                    role: role.rawValue,
                    code: recipe?.languages[role] ?? "",
                    name: recipe.map { name(ofLanguage: $0.languages[role]) }
                        ?? (role == .english ? "English" : "Target language")
                )
            },
            bystanders: (material.experiment?.sampledBystanders ?? []).map {
                StudioOverview.Language(role: nil, code: $0, name: name(ofLanguage: $0))
            },
            models: shape.trained.map { name in
                StudioOverview.Model(
                    name: name,
                    role: ModelPart(rawValue: name)?.name
                )
            },
            references: references,
            problems: .init(
                source: recipe?.evaluation.developmentShare == nil
                    ? "the development split of the generated world"
                    : "the development part of the files"
            ),
            methods: MethodListing.all.map { method in
                StudioOverview.Method(
                    name: method.name,
                    summary: method.summary,
                    formula: method.formula,
                    keys: method.keys,
                    inMemory: true,
                    reference: method.reference
                )
            },
            keys: KeyMessage.all,
            published: try JSONValue(encoding: shape.merge(.method(.layerSwap))),
            variants: try variantList(),
            canWrite: material.run != nil
        )
    }

    /// The English name of a language; its code where nobody knows one.
    private func name(ofLanguage code: String) -> String {
        let packs = material.experiment.map { KnownLanguages(in: $0.loaded.root).entries } ?? []
        return packs.first { $0.code == code }?.name
            ?? Locale(identifier: "en").localizedString(forLanguageCode: code) ?? code
    }

    /// The first problems in both languages.
    func problemList(count: Int) throws -> ProblemListMessage {
        try check(count)
        func list(_ role: LanguageRole) throws -> [ProblemListMessage.Problem] {
            try problems(role, count: count).map { problem in
                ProblemListMessage.Problem(
                    id: problem.id,
                    question: problem.question,
                    answer: problem.answer,
                    kind: problem.kind,
                    equations: problem.equations
                )
            }
        }
        return ProblemListMessage(target: try list(.target), english: try list(.english))
    }
}

/// The problems that models are asked.
struct ProblemListMessage: Encodable, Sendable {
    /// One of them.
    struct Problem: Encodable, Sendable {
        let id: String
        let question: String
        let answer: String
        let kind: String
        let equations: [String]
    }

    let target: [Problem]
    let english: [Problem]
}
