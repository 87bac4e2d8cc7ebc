import Analysis
import MergeMethods

/// What decides the result beside the models.
package struct InterventionSettings: Codable, Hashable, Sendable {
    /// The model that is changed.
    package var model: String
    /// The model that blocks come back from.
    package var base: String
    /// The stage on whose data sets are trained.
    package var trainedOn: String
    /// The share of each matrix whose top sets are cut from.
    package var share: Double
    /// What sets are multiplied by, beside zero.
    package var factors: [Double]
    /// Draws of random sets.
    package var draws: Int
    /// Problems of each language.
    package var problems: Int
    /// Texts of each language.
    package var texts: Int
    /// Samples of each language and kind that sets are cut by.
    package var samples: Int
    /// Whether sets are trained.
    package var trains: Bool
    /// The seed of all randomness.
    package var seed: UInt64

    /// Describes an analysis.
    package init(
        model: String,
        base: String = ModelPart.base.name,
        trainedOn: String = ModelPart.math.name,
        share: Double = 0.05,
        factors: [Double] = [1.01, 1.05, 1.1],
        draws: Int = 3,
        problems: Int = 200,
        texts: Int = 100,
        samples: Int = 100,
        trains: Bool = true,
        seed: UInt64 = 0
    ) {
        self.model = model
        self.base = base
        self.trainedOn = trainedOn
        self.share = share
        self.factors = factors
        self.draws = draws
        self.problems = problems
        self.texts = texts
        self.samples = samples
        self.trains = trains
        self.seed = seed
    }

    private enum CodingKeys: String, CodingKey {
        case model, base, share, factors, draws, problems, texts, samples, trains, seed
        case trainedOn = "trained_on"
    }

    /// Refuses numbers out of range.
    ///
    /// - Throws: `AnalysisError.setting`.
    package func check() throws {
        func refuse(_ name: String, _ found: String, _ expected: String) -> AnalysisError {
            .setting(name: name, found: found, expected: expected)
        }
        guard share > 0, share < 1 else {
            throw refuse("share", "\(share)", "a number above 0 and below 1")
        }
        for (name, count) in [
            ("draws", draws), ("problems", problems), ("texts", texts), ("samples", samples),
        ] where !(1...1_000_000).contains(count) {
            throw refuse(name, "\(count)", "a number from 1 to 1000000")
        }
        if let factor = factors.first(where: { !$0.isFinite || $0 == 0 }) {
            throw refuse("factor", "\(factor)", "a finite number; 0 is done anyway")
        }
    }
}
