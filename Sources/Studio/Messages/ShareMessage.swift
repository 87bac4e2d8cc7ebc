import Evaluation

/// A share of right answers with its 95 % interval (Wilson).
struct ShareMessage: Encodable, Hashable, Sendable {
    let right: Int
    let of: Int
    let share: Double
    let low: Double
    let high: Double

    /// Nil without answers.
    init?(_ answers: [Bool]) {
        self.init(right: answers.count { $0 }, of: answers.count)
    }

    /// A share that was recorded; nil for what is none.
    init?(_ estimate: Estimate) {
        guard estimate.isShare else { return nil }
        let right = (estimate.value * Double(estimate.count)).rounded()
        self.init(right: Int(right), of: estimate.count)
    }

    private init?(right: Int, of count: Int) {
        guard let interval = ProportionInterval.wilson(successes: right, of: count) else {
            return nil
        }
        self.right = right
        of = count
        share = Double(right) / Double(count)
        low = interval.lowerBound
        high = interval.upperBound
    }
}
