import Datasets
import Evaluation

/// What models are measured on beside word problems and text: generated, from the recipe's split.
extension Experiment {
    /// Sentences to translate into a language.
    ///
    /// - Throws: `ExperimentError.noWorld` for a recipe that generates nothing.
    func heldOutTranslations(into role: LanguageRole) throws -> [Document] {
        let source = try generated().parallel(
            direction: role == .target ? .toTarget : .toSource,
            split: recipe.evaluation.split
        )
        return try (0..<recipe.evaluation.translations).map { try source.document(at: $0) }
    }

    /// Questions about a sentence in the target language, with replies in it.
    ///
    /// - Throws: `ExperimentError.noWorld` for a recipe that generates nothing.
    func heldOutQuestions() throws -> [Document] {
        let source = try generated().instructions(
            language: recipe.languages.target,
            split: recipe.evaluation.split
        )
        return try (0..<recipe.evaluation.questions).map { try source.document(at: $0) }
    }

    /// Tells the two languages apart; it has read texts of the training split.
    func answerLanguage() throws -> AnswerLanguage {
        func texts(_ language: String) throws -> [String] {
            let source = try generated().monolingual(language: language)
            return try (0..<500).map { index in
                switch try source.document(at: index) {
                case .text(let text): text
                case .chat(_, let response): response
                }
            }
        }
        let (english, target) = (recipe.languages.english, recipe.languages.target)
        return try AnswerLanguage(samples: [english: texts(english), target: texts(target)])
    }
}
