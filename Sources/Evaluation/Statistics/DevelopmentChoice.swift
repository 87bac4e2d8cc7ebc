/// A choice among candidates by their development values, whose test results were not looked at.
///
/// The best of many is better on the problems that chose it than on any others. So the choice is
/// made on a development split and reported on the test split, beside the number searched.
package struct DevelopmentChoice<Test> {
    /// One setting that was tried.
    package struct Candidate {
        /// What distinguishes it from the others, such as `bottom 2, top 1`.
        package var name: String
        /// Its metric on the development split.
        package var development: Double
        /// What was found on the test split: outcomes, a measurement, or a way to get them.
        package var test: Test

        /// Describes a candidate.
        package init(name: String, development: Double, test: Test) {
            self.name = name
            self.development = development
            self.test = test
        }
    }

    /// The best candidate; of several as good, the first.
    package let chosen: Candidate
    /// Its place among the candidates.
    package let index: Int
    /// How many candidates were searched.
    package let searched: Int
    /// How many candidates share the best development value, the chosen one included.
    package let tied: Int

    /// Chooses by the development values alone.
    ///
    /// - Parameters:
    ///   - candidates: What was tried.
    ///   - better: Which values of the metric are the better ones.
    /// - Throws: `DevelopmentChoiceError` without candidates or for a value that is not a number.
    package init(among candidates: [Candidate], preferring better: Metric.Direction) throws {
        if let broken = candidates.first(where: { $0.development.isNaN }) {
            throw DevelopmentChoiceError.notANumber(candidate: broken.name)
        }
        guard
            let best = better == .higher
                ? candidates.map(\.development).max() : candidates.map(\.development).min(),
            let index = candidates.firstIndex(where: { $0.development == best })
        else { throw DevelopmentChoiceError.noCandidates }
        chosen = candidates[index]
        self.index = index
        searched = candidates.count
        tied = candidates.count { $0.development == best }
    }
}

extension DevelopmentChoice: Sendable where Test: Sendable {}
extension DevelopmentChoice.Candidate: Sendable where Test: Sendable {}

/// Why no candidate can be chosen.
package enum DevelopmentChoiceError: Error, Equatable, CustomStringConvertible {
    /// There is none to choose from.
    case noCandidates
    /// A candidate's development value is not a number.
    case notANumber(candidate: String)

    /// What was wrong and what to do about it.
    package var description: String {
        switch self {
        case .noCandidates:
            return "found no candidate to choose from, expected at least one; check the search's "
                + "settings"
        case .notANumber(let candidate):
            return "the development value of '\(candidate)' is not a number; evaluate it again or "
                + "leave it out"
        }
    }
}
