import Datasets
import Evaluation
import Synchronization

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
        return try classifier.value {
            try AnswerLanguage(samples: [english: texts(english), target: texts(target)])
        }
    }
}

/// Keeps what is made when it is first asked for.
final class Once<Value: Sendable>: Sendable {
    private let made = Mutex<Value?>(nil)

    func value(_ make: () throws -> Value) throws -> Value {
        if let known = made.withLock({ $0 }) { return known }
        let value = try make()
        made.withLock { $0 = value }
        return value
    }
}
