import Datasets
import Tokenization

/// What analyses show to models: never a test problem where the world is generated.
extension Experiment {
    /// Where the samples of analyses come from.
    ///
    /// A recipe that reads everything from files has no other problems in the target language than
    /// those that it measures on.
    package var sampleSplit: Split {
        world == nil && recipe.evaluation.developmentShare == nil
            ? recipe.evaluation.split : .development
    }

    /// Problems of a language.
    package func sampleProblems(_ role: LanguageRole, count: Int) throws -> [MathProblem] {
        if let part = try developmentPart(role, count: count) { return part }
        guard let world else { return Array(try problems(role).prefix(count)) }
        return try world.problems(
            split: .development,
            count: count,
            language: recipe.languages[role],
            kinds: recipe.evaluation.problems[role].kinds
        )
    }

    /// The languages besides both of the recipe that there are problems in which nothing measures:
    /// those of a generated world that the recipe asks about.
    package var sampledBystanders: [String] {
        world == nil ? [] : recipe.evaluation.bystanders?.names ?? []
    }

    /// Problems of one of `sampledBystanders`; empty for any other language.
    package func sampleProblems(ofBystander code: String, count: Int) throws -> [MathProblem] {
        guard sampledBystanders.contains(code) else { return [] }
        return try generated(code).problems(
            split: .development,
            count: count,
            language: code,
            kinds: recipe.evaluation.bystanders?[code]?.kinds
        )
    }

    /// Texts of a language.
    package func sampleTexts(_ role: LanguageRole, count: Int) throws -> [Document] {
        guard let world else { return Array(try heldOutDocuments(role).prefix(count)) }
        let source = try world.monolingual(language: recipe.languages[role], split: .development)
        return try (0..<count).map { try source.document(at: $0) }
    }

    /// Texts and questions of a language by turns: what has no mathematics.
    package func samplesWithoutMathematics(_ role: LanguageRole, count: Int) throws -> [Document] {
        guard let world else { return try sampleTexts(role, count: count) }
        let language = recipe.languages[role]
        let sources = [
            try world.monolingual(language: language, split: .development),
            try world.instructions(language: language, split: .development),
        ]
        return try (0..<count).map { try sources[$0 % 2].document(at: $0 / 2) }
    }

    /// The same sentences in English and in the target language.
    ///
    /// - Throws: `ExperimentError.noWorld` for a recipe that generates nothing.
    package func sampleSentences(count: Int) throws -> [(english: String, target: String)] {
        guard world != nil else {
            // The questions of one problem in both languages are translations of each other.
            let english = try sampleProblems(.english, count: .max)
            let known = Dictionary(english.map { ($0.id, $0.question) }) { first, _ in first }
            return try sampleProblems(.target, count: .max).compactMap { problem in
                known[problem.id].map { (english: $0, target: problem.question) }
            }.prefix(count).map { $0 }
        }
        let documents = try generated().aligned(.translations, split: .development)
        return try (0..<count).map { index in
            // Each is the translation into its own language.
            let sides = try [documents.source, documents.target].map { source in
                switch try source.document(at: index) {
                case .chat(_, let response): response
                case .text(let text): text
                }
            }
            return (sides[0], sides[1])
        }
    }

    /// Running text of a language, from which its own tokens are found.
    package func languageTexts(_ role: LanguageRole, count: Int) throws -> [Document] {
        guard let world else { return try sampleTexts(role, count: count) }
        let source = try world.monolingual(language: recipe.languages[role])
        return try (0..<count).map { try source.document(at: $0) }
    }
}

extension Tokenizer {
    /// A document as a model reads it: a text behind its begin token, a question with its reply.
    ///
    /// - Parameters:
    ///   - document: The document.
    ///   - form: How questions are put; the form that fits the tokenizer when nil.
    /// - Returns: The tokens.
    /// - Throws: `DatasetError.missingSymbol`.
    package func sample(_ document: Document, form: PromptForm? = nil) throws -> [Int32] {
        switch document {
        case .text(let text): beginning + encode(text)
        case .chat(let question, let response):
            try (form ?? .fitting(self)).prompt(question, tokenizer: self) + encode(response)
        }
    }
}
