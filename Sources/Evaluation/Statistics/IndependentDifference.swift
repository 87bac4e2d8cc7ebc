import Foundation

/// The difference of two measurements of independent samples, such as two runs that were asked
/// different problems.
///
/// Its interval is made of the intervals of both measurements (MOVER: Newcombe, 1998, for shares;
/// Zou and Donner, 2008, in general). With a − b = d and the intervals [l_a, u_a] and [l_b, u_b],
///
///     [d − √((a − l_a)² + (u_b − b)²),  d + √((u_a − a)² + (b − l_b)²)]
///
/// So few seeds widen it by their own Student quantile, and it has a width where every answer of a
/// run was right.
package struct IndependentDifference: Sendable {
    private let a: Estimate
    private let b: Estimate

    /// a − b.
    package var value: Double { a.value - b.value }

    /// Takes the difference; nil when the error of one of them is unknown.
    package init?(_ a: Estimate, _ b: Estimate) {
        guard a.interval != nil, b.interval != nil else { return nil }
        self.a = a
        self.b = b
    }

    /// The 95 % interval.
    package var interval: ClosedRange<Double> { interval(leavingOut: Estimate.standardTails) }

    /// The interval that leaves out `tails` in both tails together.
    ///
    /// - Parameter tails: Above 0 and below 1; .1 for the bounds of one-sided tests at 5 %.
    /// - Returns: The interval around `value`.
    package func interval(leavingOut tails: Double) -> ClosedRange<Double> {
        guard let first = a.interval(leavingOut: tails), let second = b.interval(leavingOut: tails)
        else { return value...value }
        let down = hypot(a.value - first.lowerBound, second.upperBound - b.value)
        let up = hypot(first.upperBound - a.value, b.value - second.lowerBound)
        return (value - down)...(value + up)
    }

    /// The two-sided p value of no difference: the share left out by the interval that just reaches
    /// zero, so that p < .05 exactly when the 95 % interval leaves zero out.
    package var twoSidedP: Double {
        guard value != 0 else { return 1 }
        return PooledError.shareLeftOut { interval(leavingOut: $0).contains(0) }
    }
}
