import Foundation

extension Estimate {
    /// The share that a 95 % interval leaves out in both tails together.
    package static let standardTails = 0.05

    /// The 95 % interval of the value; `nil` when its error is unknown.
    package var interval: ClosedRange<Double>? { interval(leavingOut: Self.standardTails) }

    /// The interval that leaves out `tails` in both tails together; `nil` when the error is
    /// unknown.
    ///
    /// Of a share of right answers of a single run it is Wilson's score interval. Of a share over
    /// several seeds, experts or drawings of each problem it is the interval of the log odds
    /// (`ProportionInterval.logit`), and where all of them gave 0 or 1, which leaves no spread to
    /// measure, Wilson's with their quantile. Of anything else it is value ± quantile · error.
    ///
    /// - Parameter tails: The share left out, above 0 and below 1; .05 for a 95 % interval.
    /// - Returns: The interval, inside 0...1 for a share.
    package func interval(leavingOut tails: Double) -> ClosedRange<Double>? {
        guard let standardError, standardError.isFinite, value.isFinite else { return nil }
        let quantile = quantile(leavingOut: tails)
        if isShare, self.quantile == nil || standardError == 0 {
            let successes = Int((value * Double(count)).rounded())
            return ProportionInterval.wilson(successes: successes, of: count, quantile: quantile)
        }
        let half = quantile * standardError
        if isShare { return ProportionInterval.logit(value, halfWidth: half) }
        return (value - half)...(value + half)
    }

    /// Half the width of the symmetric 95 % interval, in the unit of the value; `nil` when the
    /// error is unknown.
    package var halfWidth: Double? {
        standardError.map { quantile(leavingOut: Self.standardTails) * $0 }
    }

    /// The multiple of the standard error whose interval leaves out `tails`.
    ///
    /// Student's, with the degrees of freedom that the measurement's own 95 % quantile stands for;
    /// of a mean of `count` values with `count` − 1. The score interval of a share knows its
    /// variance from the share itself, so that it has the normal quantile.
    private func quantile(leavingOut tails: Double) -> Double {
        var degreesOfFreedom = isShare || count < 2 ? Double.infinity : Double(count - 1)
        if let quantile, quantile > ProportionInterval.normalQuantile {
            if tails == Self.standardTails { return quantile }
            degreesOfFreedom = StudentDistribution.degreesOfFreedom(
                quantile: quantile,
                twoSided: Self.standardTails
            )
        }
        return StudentDistribution.quantile(twoSided: tails, degreesOfFreedom: degreesOfFreedom)
    }
}
