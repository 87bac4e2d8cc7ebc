import Datasets
import Evaluation
import Recipes

/// The word problems that models are asked, and what stands before them.
extension Experiment {
    /// The problems that every model is asked in a language.
    func problems(_ role: LanguageRole) throws -> [MathProblem] {
        try problems(recipe.evaluation.problems[role], language: recipe.languages[role])
    }

    /// The problems of a set: those of its file, or generated ones in a language.
    private func problems(
        _ settings: ProblemSetSettings,
        language: String
    ) throws -> [MathProblem] {
        if settings.file != nil { return try fileProblems(settings, language: language) }
        return try generated(language).problems(
            split: recipe.evaluation.split,
            count: settings.problems ?? 0,
            instances: settings.instances ?? 1,
            language: language,
            kinds: settings.kinds
        )
    }

    /// The problems that every model is asked in a language that is neither English nor the target.
    func bystanderProblems(_ code: String) throws -> [MathProblem] {
        guard let settings = recipe.evaluation.bystanders?[code] else { return [] }
        return try problems(settings, language: code)
    }

    /// The problems of a file that belong to the split of the recipe, or to another.
    private func fileProblems(
        _ settings: ProblemSetSettings,
        language: String,
        split: Split? = nil
    ) throws -> [MathProblem] {
        guard let file = settings.file, let format = settings.format else { return [] }
        var problems = try MathReader.problems(
            at: url(of: file),
            format: format,
            language: language
        )
        if let share = recipe.evaluation.developmentShare {
            // By identity, so that a problem is in one part in every language.
            let isDevelopment = (split ?? recipe.evaluation.split) == .development
            let shares = SplitShares(development: share, test: 1 - share)
            problems = problems.filter { (shares.split(of: $0.id) != .test) == isDevelopment }
        }
        return settings.problems.map { Array(problems.prefix($0)) } ?? problems
    }

    /// The development part of a file of problems; nil where problems are generated, or files
    /// whole.
    func developmentPart(_ role: LanguageRole, count: Int) throws -> [MathProblem]? {
        var settings = recipe.evaluation.problems[role]
        guard settings.file != nil, recipe.evaluation.developmentShare != nil else { return nil }
        settings.problems = count
        return try fileProblems(settings, language: recipe.languages[role], split: .development)
    }

    /// The development problems in the target language; none when nothing is chosen by them.
    func developmentProblems() throws -> [MathProblem] {
        guard let development = recipe.evaluation.development else { return [] }
        if let part = try developmentPart(.target, count: development.problems) { return part }
        return try generated().problems(
            split: .development,
            count: development.problems,
            language: recipe.languages.target,
            kinds: recipe.evaluation.problems.target.kinds
        )
    }

    /// What stands before each question in a language; nothing where the recipe shows no examples.
    func examples(_ language: String) throws -> [PromptForm.Example] {
        guard let settings = recipe.evaluation.examples else { return [] }
        return try WorkedExamples.read(
            at: url(of: settings.file),
            language: settings.language == .english ? recipe.languages.english : language,
            count: settings.count,
            solution: settings.solution
        )
    }

    /// What scores depend on besides problems and texts, one fact each; none of what was there from
    /// the beginning, so that the identities of earlier runs are unchanged.
    func promptFacts() throws -> [String] {
        var facts: [String] = []
        if !recipe.prompt.isDefault { facts.append(try RecipeText.yaml(of: recipe.prompt)) }
        if recipe.evaluation.examples != nil {
            let languages = LanguageRole.allCases.map { recipe.languages[$0] }
            for language in languages + (recipe.evaluation.bystanders?.names ?? []) {
                facts.append("examples \(try examples(language))")
            }
        }
        return facts
    }
}
