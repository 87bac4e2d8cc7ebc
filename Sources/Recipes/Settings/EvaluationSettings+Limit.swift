extension EvaluationSettings {
    /// The same measurements on the first problems, questions and texts of each set alone.
    ///
    /// A generated problem that is asked with several names and numbers still is.
    ///
    /// - Parameter count: The most of each set; a smaller set stays whole.
    /// - Returns: The settings.
    func limited(to count: Int) -> EvaluationSettings {
        func most(_ number: Int?) -> Int { min(number ?? count, count) }
        var settings = self
        settings.problems.target.problems = most(problems.target.problems)
        settings.problems.english.problems = most(problems.english.problems)
        settings.text.target.documents = most(text.target.documents)
        settings.text.english.documents = most(text.english.documents)
        for place in (bystanders?.entries ?? []).indices {
            let own = bystanders?.entries[place].value.problems
            settings.bystanders?.entries[place].value.problems = most(own)
        }
        settings.choice?.target?.problems = most(choice?.target?.problems)
        settings.choice?.english?.problems = most(choice?.english?.problems)
        settings.mgsm?.problems = most(mgsm?.problems)
        settings.translations = most(translations)
        settings.questions = most(questions)
        return settings
    }
}

extension LoadedRecipe {
    /// The recipe with everything measured on the first of each set alone: for a look at a model,
    /// never for a run, whose scores are kept.
    ///
    /// - Parameter count: The most problems, questions or texts of each set; nil for all.
    /// - Returns: The recipe.
    package func limited(to count: Int?) -> LoadedRecipe {
        var limited = self
        if let count { limited.recipe.evaluation = recipe.evaluation.limited(to: count) }
        return limited
    }
}
