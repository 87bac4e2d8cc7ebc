import Evaluation
import RunRecords

/// Compares what was measured after interventions with what was measured before.
enum InterventionEffects {
    /// The effects on some metrics, each paired by problem or document.
    ///
    /// - Parameters:
    ///   - draws: What was measured afterwards, once for each draw of weights.
    ///   - reference: What was measured before.
    ///   - metrics: The metrics.
    ///   - seed: The seed of the tests.
    /// - Returns: The effects on those metrics that were measured before.
    /// - Throws: `ComparisonError`.
    static func effects(
        of draws: [[Metric: Outcomes]],
        against reference: [Metric: Outcomes],
        on metrics: [Metric],
        seed: UInt64
    ) throws -> [InterventionRecord.Effect] {
        try metrics.compactMap { metric in
            guard let before = reference[metric] else { return nil }
            let after = try ReplicatedOutcomes(
                metric: metric,
                replicates: [draws.compactMap { $0[metric] }]
            )
            guard let value = after.measurement else { return nil }
            return InterventionRecord.Effect(
                metric: metric,
                value: value,
                difference: try PairedTest(
                    metric: metric,
                    a: ("after", after),
                    b: ("before", ReplicatedOutcomes(metric: metric, replicates: [[before]])),
                    seed: seed
                )
            )
        }
    }

    /// The same with adjusted tests: all of one metric are one family.
    static func adjusted(
        _ entries: [InterventionRecord.Entry],
        on metrics: [Metric]
    ) -> [InterventionRecord.Entry] {
        var entries = entries
        for metric in metrics {
            let places = entries.indices.filter { entries[$0][metric] != nil }
            let tests = places.compactMap { entries[$0][metric]?.difference }
            for (place, test) in zip(places, MultipleComparisons.adjusted(tests)) {
                guard let own = entries[place].effects.firstIndex(where: { $0.metric == metric })
                else { continue }
                entries[place].effects[own].difference = test
            }
        }
        return entries
    }
}
