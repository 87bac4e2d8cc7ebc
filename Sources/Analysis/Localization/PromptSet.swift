/// What a model is shown in one language: samples with mathematics, and others without.
package struct PromptSet: Sendable {
    /// The language's code.
    package var language: String
    /// Samples with mathematics as tokens.
    package var mathematics: [[Int32]]
    /// Samples of the same language without mathematics.
    package var other: [[Int32]]

    /// Describes prompts.
    package init(language: String, mathematics: [[Int32]], other: [[Int32]]) {
        self.language = language
        self.mathematics = mathematics
        self.other = other
    }
}

/// Whether samples hold mathematics.
package enum PromptKind: String, Codable, CaseIterable, Sendable {
    /// They do.
    case mathematics
    /// They do not.
    case other
}
