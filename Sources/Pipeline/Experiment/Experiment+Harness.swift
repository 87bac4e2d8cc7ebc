import Datasets
import Recipes

/// What models are measured on as lm-evaluation-harness does: always from files.
extension Experiment {
    /// The problems with choices of a language; none when the recipe asks none.
    func choices(_ role: LanguageRole) throws -> [ChoiceProblem] {
        guard let settings = recipe.evaluation.choice?[role] else { return [] }
        let problems = try ChoiceReader.problems(
            at: url(of: settings.file),
            format: settings.format,
            language: recipe.languages[role]
        )
        return settings.problems.map { Array(problems.prefix($0)) } ?? problems
    }

    /// The problems of MGSM in a language; none when the recipe asks none.
    func mgsm(_ role: LanguageRole) throws -> [MathProblem] {
        guard let settings = recipe.evaluation.mgsm, let file = settings[role] else { return [] }
        let problems = try MathReader.problems(
            at: url(of: file),
            format: .mgsm,
            language: recipe.languages[role]
        )
        return settings.problems.map { Array(problems.prefix($0)) } ?? problems
    }

    /// The worked examples in a language.
    func exemplars(_ role: LanguageRole) throws -> [Exemplar] {
        guard let settings = recipe.evaluation.mgsm, let file = settings.exemplars else {
            return []
        }
        return try ExemplarReader.exemplars(
            at: url(of: file),
            language: recipe.languages[role],
            count: settings.shots
        )
    }
}
