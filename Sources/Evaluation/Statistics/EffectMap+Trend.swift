extension EffectMap {
    /// How the lead changes with the rooms, over all settings together.
    ///
    /// For each seed a plane, lead = c + m · room in mathematics + l · room in the language, is
    /// fitted to its leads by least squares, and a line over the smaller of both rooms: what both
    /// experts have to teach. The slopes of the seeds are the sample: Student's t over them makes
    /// the interval. The rooms are means over seeds, and the rivals are the best of such means: one
    /// seed alone would choose by its noise. A single setting says little with three seeds; all of
    /// them together say whether the lead rises or falls.
    package struct Trend: Hashable, Sendable {
        /// What one unit of room in mathematics adds to the lead; a unit is all problems.
        package let mathematics: Estimate
        /// What one unit of room in the language adds to the lead.
        package let language: Estimate
        /// What one unit of the smaller of both rooms adds to the lead; nil where it is the same in
        /// all settings.
        package let smaller: Estimate?
        /// The number of seeds.
        package var seeds: Int { mathematics.count }
    }

    /// The trend; nil with one seed, with other seeds in other settings, and where the rooms rise
    /// together so that nothing tells them apart.
    package var trend: Trend? {
        let leads = points.compactMap(\.lead.seedDifferences)
        guard let seeds = leads.first?.count, leads.count == points.count,
            leads.allSatisfy({ $0.count == seeds })
        else { return nil }
        let plane = PlaneFit(x: points.map(\.mathematicsRoom), y: points.map(\.languageRoom))
        let slopes = (0..<seeds).compactMap { seed in plane?.slopes(of: leads.map { $0[seed] }) }
        guard slopes.count == seeds, let mathematics = Estimate.mean(of: slopes.map(\.x)),
            let language = Estimate.mean(of: slopes.map(\.y)), seeds > 1
        else { return nil }
        let both = LineFit(x: points.map { min($0.mathematicsRoom, $0.languageRoom) })
        let lines = (0..<seeds).compactMap { seed in both?.slope(of: leads.map { $0[seed] }) }
        return Trend(
            mathematics: mathematics,
            language: language,
            smaller: Estimate.mean(of: lines)
        )
    }
}

/// Squares of shares that differ by rounding alone add up to less.
private let smallestSpread = 1e-12

/// Lines of least squares over the same points.
private struct LineFit {
    /// The coordinates without their mean.
    private let x: [Double]
    private let xx: Double

    /// Nil where all points are one.
    init?(x: [Double]) {
        self.x = x.centered
        xx = self.x.product(self.x)
        guard xx > smallestSpread else { return nil }
    }

    /// The slope of the line through some heights above the points.
    func slope(of heights: [Double]) -> Double { x.product(heights) / xx }
}

/// Planes of least squares over the same points.
private struct PlaneFit {
    /// The coordinates without their means.
    private let x: [Double]
    private let y: [Double]
    private let xx: Double
    private let xy: Double
    private let yy: Double
    /// xx · yy − xy².
    private let determinant: Double

    /// The smallest share of the spread that must be the points' own in both directions.
    private static let smallestShare = 1e-6

    /// Nil where the points lie on a line.
    init?(x: [Double], y: [Double]) {
        self.x = x.centered
        self.y = y.centered
        xx = self.x.product(self.x)
        xy = self.x.product(self.y)
        yy = self.y.product(self.y)
        determinant = xx * yy - xy * xy
        guard min(xx, yy) > smallestSpread, determinant > Self.smallestShare * xx * yy else {
            return nil
        }
    }

    /// The slopes of the plane through some heights above the points.
    func slopes(of heights: [Double]) -> (x: Double, y: Double) {
        let xz = x.product(heights)
        let yz = y.product(heights)
        return ((yy * xz - xy * yz) / determinant, (xx * yz - xy * xz) / determinant)
    }
}

extension [Double] {
    /// The numbers without their mean.
    fileprivate var centered: [Double] {
        let mean = reduce(0, +) / Double(count)
        return map { $0 - mean }
    }

    /// The sum of products with as many others.
    fileprivate func product(_ others: [Double]) -> Double {
        zip(self, others).reduce(0) { $0 + $1.0 * $1.1 }
    }
}
