import Analysis

/// What decides the result beside the models and their sentences.
package struct RepresentationSettings: Codable, Hashable, Sendable {
    /// The models that are looked into.
    package var models: [String]
    /// Sentences in both languages.
    package var sentences: Int
    /// Draws of shuffled sentences.
    package var draws: Int
    /// Where the draws come from.
    package var seed: UInt64

    /// Describes an analysis.
    package init(models: [String], sentences: Int = 200, draws: Int = 20, seed: UInt64 = 0) {
        self.models = models
        self.sentences = sentences
        self.draws = draws
        self.seed = seed
    }

    /// Refuses numbers out of range.
    ///
    /// - Throws: `AnalysisError.setting`.
    package func check() throws {
        guard sentences >= RepresentationAnalysis.fewestSentences else {
            throw AnalysisError.setting(
                name: "sentences",
                found: "\(sentences)",
                expected: "\(RepresentationAnalysis.fewestSentences) or more"
            )
        }
        guard (2...10_000).contains(draws) else {
            throw AnalysisError.setting(
                name: "draws",
                found: "\(draws)",
                expected: "a number from 2 to 10000"
            )
        }
    }
}
