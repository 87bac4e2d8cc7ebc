import Evaluation

/// Puts the scores of one or several seeds into one table and tests differences between models.
///
/// What is reported of a model is the mean over its choices of experts; where there are several, a
/// second row has for each seed the choice that was best on the development problems.
struct ResultsTable {
    /// The table.
    let table: ComparisonTable

    /// One row: the outcomes of each metric, by seed.
    private struct Row {
        var name: String
        var metrics: [(name: String, seeds: [Outcomes])]

        func seeds(of metric: String) -> [Outcomes]? {
            metrics.first { $0.name == metric }?.seeds
        }
    }

    /// Averages, pools and tests.
    ///
    /// - Parameters:
    ///   - seeds: The scores of all models for each seed, in the order of the table.
    ///   - compared: Models that are tested against all others.
    ///   - groups: What the problems are.
    /// - Throws: `ComparisonError` when seeds were measured on different problems.
    init(seeds: [[ModelScores]], compared: [String], groups: ProblemGroups) throws {
        let models = seeds.first?.map(\.model) ?? []
        let rows = models.flatMap { Self.rows(of: $0, seeds: seeds) }
        var tests: [PairedTest] = []
        for first in rows where compared.contains(first.name) {
            for (metric, outcomes) in first.metrics {
                for second in rows where models.contains(second.name) {
                    guard !compared.contains(second.name), let other = second.seeds(of: metric)
                    else { continue }
                    tests.append(
                        try PairedTest(
                            metric: metric,
                            a: (first.name, outcomes),
                            b: (second.name, other)
                        )
                    )
                }
            }
        }
        table = ComparisonTable(
            seeds: seeds.count,
            rows: rows.map { row in
                let measurements = row.metrics.compactMap { metric, outcomes in
                    Measurement.pooled(outcomes.compactMap(\.measurement)).map { (metric, $0) }
                }
                return ComparisonTable.Row(
                    model: row.name,
                    metrics: Dictionary(measurements, uniquingKeysWith: { first, _ in first })
                )
            },
            tests: tests
        )
    }

    private static func rows(of model: String, seeds: [[ModelScores]]) -> [Row] {
        let scores = seeds.compactMap { seed in seed.first { $0.model == model } }
        let metrics = scores.first?.metrics ?? []
        let mean = Row(
            name: model,
            metrics: metrics.map { metric in
                (metric, scores.compactMap { Outcomes.mean(of: $0.outcomes(of: metric)) })
            }
        )
        let best = scores.map(\.best)
        guard best.allSatisfy({ $0 != nil }) else { return [mean] }
        let chosen = Row(
            name: "\(model) (best)",
            metrics: metrics.map { metric in
                let seeds = zip(scores, best).compactMap { scores, place in
                    place.map { scores.outcomes(of: metric)[$0] }
                }
                return (metric, seeds)
            }
        )
        return [mean, chosen]
    }
}

extension Outcomes {
    /// The mean of several outcomes on the same units; nil when there is none.
    static func mean(of replicates: [Outcomes]) -> Outcomes? {
        guard let first = replicates.first, replicates.count > 1 else { return replicates.first }
        var mean = first
        for place in first.amounts.indices {
            let sum = replicates.reduce(0) { $0 + $1.amounts[place] }
            mean.amounts[place] = sum / Double(replicates.count)
        }
        mean.kind = .continuous
        return mean
    }
}
