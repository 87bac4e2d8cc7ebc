/// What one model gains in the target language over the base, and over the better of both experts,
/// and on how many seeds.
///
/// These are the two questions that a review of merging in practice asks of every method (arXiv
/// 2511.21437): how probable is it that a merge is better than its base, and is it better than the
/// best of what it was made from? A table tests only some models against all others. With the
/// differences of one of these, c, on each seed, the difference of any other model x to any rival r
/// on the same seed is (c − r) − (c − x).
package struct ModelGain: Hashable, Sendable {
    /// How far the model is above a rival.
    package struct Lead: Hashable, Sendable {
        /// The rival.
        package let rival: String
        /// The difference on each seed, in their order.
        package let seeds: [Double]

        /// The 95 % interval of the mean.
        ///
        /// That of the test of both models where the table has one, so that a page has one interval
        /// for one difference; otherwise with the seeds as the sample (Student's t), and nil with
        /// one seed and where all seeds agree, which is no certainty.
        package let interval: ClosedRange<Double>?

        /// Describes a lead.
        ///
        /// - Parameters:
        ///   - rival: The rival.
        ///   - seeds: The difference on each seed.
        ///   - tested: The interval of a test of both models.
        init(rival: String, seeds: [Double], tested: ClosedRange<Double>?) {
            self.rival = rival
            self.seeds = seeds
            let mean = SeedProblemMean(rows: [seeds], sharesProblems: true)
            interval = tested ?? (mean.isConstant ? nil : mean.interval())
        }

        /// The mean over the seeds.
        package var difference: Double { seeds.reduce(0, +) / Double(seeds.count) }

        /// On how many seeds the model is above the rival.
        package var seedsAbove: Int { seeds.count { $0 > 0 } }
    }

    /// The model.
    package let model: String
    /// Above the base; nil for the base itself.
    package let overBase: Lead?
    /// Above the expert that solves more in the mean; nil for this expert, and without experts.
    package let overBestExpert: Lead?

    /// What every model of a table gains, in its order; upper bounds are left out.
    ///
    /// - Parameters:
    ///   - table: A table with tests of one model against the others.
    ///   - compared: The model that is tested against all others.
    /// - Returns: Nothing where the table has no such tests or no base.
    package static func all(in table: ComparisonTable, compared: String) -> [ModelGain] {
        let metric = Metric(.math, .target)
        let tests = table.tests.filter { $0.metric == metric && $0.a == compared }
        guard let count = tests.first.map({ differences(of: $0).count }) else { return [] }
        /// How far a model is above the compared one, by seed.
        var heights = [compared: [Double](repeating: 0, count: count)]
        for test in tests where differences(of: test).count == count {
            heights[test.b] = differences(of: test).map(-)
        }
        func lead(of model: String, over rival: String?) -> Lead? {
            guard let rival, rival != model, let own = heights[model], let other = heights[rival]
            else { return nil }
            return Lead(
                rival: rival,
                seeds: zip(own, other).map { $0 - $1 },
                tested: table.tests.lazy.filter { $0.metric == metric }
                    .compactMap { $0.interval(of: model, over: rival) }.first
            )
        }
        func mean(_ expert: String) -> Double { (heights[expert] ?? []).reduce(0, +) }
        let experts = ["math", "language"].filter { heights[$0] != nil }
        let best = experts.max { mean($0) < mean($1) }
        guard heights["base"] != nil else { return [] }
        return table.rows.filter { $0.bound != true && heights[$0.model] != nil }.map { row in
            ModelGain(
                model: row.model,
                overBase: lead(of: row.model, over: "base"),
                overBestExpert: lead(of: row.model, over: best)
            )
        }
    }

    private static func differences(of test: PairedTest) -> [Double] {
        test.seedDifferences ?? [test.difference]
    }
}
