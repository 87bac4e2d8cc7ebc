import Analysis

/// What decides the result beside the models and their samples.
package struct LocalizationSettings: Codable, Hashable, Sendable {
    /// The models that are looked into.
    package var models: [String]
    /// Samples of each language and kind.
    package var samples: Int
    /// Groups that samples are cut in, whose differences give the errors.
    package var groups: Int
    /// The shares of each matrix that are cut off the top.
    package var shares: [Double]
    /// Draws of shuffled norms.
    package var draws: Int
    /// Resamples of the groups for the intervals of the claims; nil for none.
    package var resamples: Int?
    /// Where the draws come from.
    package var seed: UInt64

    /// The groups when nobody says how many.
    package static let standardGroups = 5

    /// Describes an analysis.
    package init(
        models: [String],
        samples: Int = 100,
        groups: Int = standardGroups,
        shares: [Double] = LocalizationAnalysis.standardShares,
        draws: Int = 20,
        resamples: Int? = nil,
        seed: UInt64 = 0
    ) {
        self.models = models
        self.samples = samples
        self.groups = groups
        self.shares = shares
        self.draws = draws
        self.resamples = resamples
        self.seed = seed
    }

    /// Refuses numbers out of range.
    ///
    /// - Throws: `AnalysisError.setting`.
    package func check() throws {
        guard groups > 0, groups <= samples else {
            throw AnalysisError.setting(
                name: "groups",
                found: "\(groups)",
                expected: "a number from 1 to that of the samples, \(samples)"
            )
        }
    }
}
