import Analysis
import MergeMethods

/// What decides the result beside the models.
package struct LineSettings: Codable, Hashable, Sendable {
    /// The model at weight 0.
    package var first: String
    /// The model at weight 1.
    package var second: String
    /// The model that both come from.
    package var base: String
    /// The weights of the second model, rising from 0 to 1.
    package var weights: [Double]
    /// Problems of each language.
    package var problems: Int
    /// Texts of each language.
    package var texts: Int

    /// The weights that are measured when no others are named.
    package static let standardWeights = [0, 0.125, 0.25, 0.375, 0.5, 0.625, 0.75, 0.875, 1]

    /// Describes an analysis.
    package init(
        first: String = ModelPart.math.name,
        second: String = ModelPart.language.name,
        base: String = ModelPart.base.name,
        weights: [Double] = standardWeights,
        problems: Int = 200,
        texts: Int = 100
    ) {
        self.first = first
        self.second = second
        self.base = base
        self.weights = weights
        self.problems = problems
        self.texts = texts
    }

    /// Refuses numbers out of range.
    ///
    /// - Throws: `AnalysisError.setting`.
    package func check() throws {
        let rises = zip(weights, weights.dropFirst()).allSatisfy(<)
        guard weights.first == 0, weights.last == 1, weights.count > 2, rises else {
            throw AnalysisError.setting(
                name: "weights",
                found: weights.map { "\($0)" }.joined(separator: ", "),
                expected: "three or more numbers that rise from 0 to 1"
            )
        }
        for (name, count) in [("problems", problems), ("texts", texts)]
        where !(1...1_000_000).contains(count) {
            throw AnalysisError.setting(
                name: name,
                found: "\(count)",
                expected: "a number from 1 to 1000000"
            )
        }
    }
}
