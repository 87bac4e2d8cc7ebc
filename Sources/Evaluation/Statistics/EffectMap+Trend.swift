extension EffectMap {
    /// How the lead changes with either room, over all settings together.
    ///
    /// For each seed a plane, lead = c + m · room in mathematics + l · room in the language, is
    /// fitted to its leads by least squares. The slopes of the seeds are the sample: Student's t
    /// over them makes the interval. The rooms are means over seeds, and so are the rivals, which
    /// one seed alone would choose by its noise. A single setting says little with three seeds; all
    /// of them together say whether the lead rises or falls.
    package struct Trend: Hashable, Sendable {
        /// What one unit of room in mathematics adds to the lead; a unit is all problems.
        package let mathematics: Estimate
        /// What one unit of room in the language adds to the lead.
        package let language: Estimate
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
        return Trend(mathematics: mathematics, language: language)
    }
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
        self.x = Self.centered(x)
        self.y = Self.centered(y)
        xx = Self.product(self.x, self.x)
        xy = Self.product(self.x, self.y)
        yy = Self.product(self.y, self.y)
        determinant = xx * yy - xy * xy
        guard determinant > Self.smallestShare * xx * yy else { return nil }
    }

    /// The slopes of the plane through some heights above the points.
    func slopes(of heights: [Double]) -> (x: Double, y: Double) {
        let xz = Self.product(x, heights)
        let yz = Self.product(y, heights)
        return ((yy * xz - xy * yz) / determinant, (xx * yz - xy * xz) / determinant)
    }

    private static func centered(_ values: [Double]) -> [Double] {
        let mean = values.reduce(0, +) / Double(values.count)
        return values.map { $0 - mean }
    }

    private static func product(_ a: [Double], _ b: [Double]) -> Double {
        zip(a, b).reduce(0) { $0 + $1.0 * $1.1 }
    }
}
