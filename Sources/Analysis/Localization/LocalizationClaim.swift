import Evaluation

/// A claim of the paper on shared and separate mathematics (arXiv 2606.18453), put to a test.
package struct LocalizationClaim: Codable, Hashable, Sendable {
    /// What is claimed.
    ///
    /// Languages are in the order given, from the richest to the poorest.
    package enum Kind: String, Codable, CaseIterable, Sendable {
        /// Languages share more than the same weights with shuffled inputs do: mean Jaccard over
        /// pairs minus that of the null.
        case overlap
        /// They share less than two samples of one language: mean Jaccard of a language's own sets
        /// from different groups of samples minus that of two languages' sets from one group.
        case partial
        /// They share most in the middle: mean Jaccard of the middle third of the layers minus that
        /// of the outer thirds.
        case middle
        /// English has the largest set: log of its size by that of the largest other one.
        case english
        /// Poorer languages have smaller sets: log of the mean size in the richer half by that in
        /// the poorer half.
        case smaller
        /// Poorer languages have more distinct sets: mean Jaccard with all others in the richer
        /// half minus that in the poorer half.
        case distinct

        /// The claim in words.
        package var words: String {
            switch self {
            case .overlap: "languages share more than chance gives"
            case .partial: "they share less than one language with itself"
            case .middle: "they share most in the middle layers"
            case .english: "English has the largest set"
            case .smaller: "poorer languages have smaller sets"
            case .distinct: "poorer languages have more distinct sets"
            }
        }
    }

    /// What a test says of a claim.
    package enum Verdict: String, Codable, Sendable {
        /// The whole interval is above zero.
        case confirmed
        /// The whole interval is below zero.
        case refuted
        /// The interval has zero in it.
        case open
    }

    /// The claim.
    package let claim: Kind
    /// The statistic, above zero where the claim holds.
    package let value: Double
    /// The 95 % interval over groups of samples, lower end first.
    package let interval: [Double]

    /// What the test says.
    package var verdict: Verdict {
        guard let low = interval.first, let high = interval.last, low <= high else { return .open }
        return low > 0 ? .confirmed : high < 0 ? .refuted : .open
    }

    /// A claim with the interval of a standard error that `groups` groups of samples show: Student's
    /// t with one degree of freedom less.
    ///
    /// - Precondition: `groups` is 2 or more.
    package init(_ claim: Kind, value: Double, standardError: Double, groups: Int) {
        self.claim = claim
        self.value = value
        let quantile = StudentDistribution.quantile(
            twoSided: Estimate.standardTails,
            degreesOfFreedom: Double(groups - 1)
        )
        interval = [value - quantile * standardError, value + quantile * standardError]
    }
}
