import Datasets
import Evaluation
import Recipes

/// The word problems that models are asked, and what stands before them.
extension Experiment {
    /// The problems that every model is asked in a language.
    package func problems(_ role: LanguageRole) throws -> [MathProblem] {
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
    ///
    /// Where models are measured on the development split too, those that choose come after those
    /// that are measured: the best of several settings on some problems is too good on these.
    ///
    /// - Throws: `ExperimentError.nothingToChooseBy` when a file has no others.
    package func developmentProblems() throws -> [MathProblem] {
        guard let development = recipe.evaluation.development else { return [] }
        let measured =
            recipe.evaluation.split == .development
            ? try problems(.target).count { ($0.instance ?? 1) == 1 } : 0
        let count = measured + development.problems
        let all =
            try developmentPart(.target, count: count)
            ?? generated().problems(
                split: .development,
                count: count,
                language: recipe.languages.target,
                kinds: recipe.evaluation.problems.target.kinds
            )
        guard all.count > measured else { throw ExperimentError.nothingToChooseBy(measured) }
        return Array(all.dropFirst(measured))
    }

    /// What stands before each question in a language; nothing where the recipe shows no examples.
    package func examples(_ language: String) throws -> [PromptForm.Example] {
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
    package func promptFacts() throws -> [String] {
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
