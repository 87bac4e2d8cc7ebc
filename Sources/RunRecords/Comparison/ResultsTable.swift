import Evaluation
import Recipes

/// Puts the scores of one or several seeds into one table and tests differences between models.
///
/// What is reported of a model is the mean over its choices of experts; where there are several, a
/// second row has for each seed the choice that was best on the development problems.
package struct ResultsTable: Sendable {
    /// The table.
    package let table: ComparisonTable

    /// One row: the outcomes of each metric.
    private struct Row {
        var name: String
        var metrics: [ReplicatedOutcomes]

        subscript(metric: Metric) -> ReplicatedOutcomes? {
            metrics.first { $0.metric == metric }
        }
    }

    /// Averages, pools and tests.
    ///
    /// - Parameters:
    ///   - seeds: The scores of all models for each seed, in the order of the table.
    ///   - plan: Which models are tested against which.
    ///   - origin: The experiment.
    /// - Throws: `ComparisonError` when models or seeds were measured on different problems.
    package init(
        seeds: [[ModelScores]],
        plan: ComparisonPlan,
        origin: ComparisonTable.Origin? = nil
    ) throws {
        let models = seeds.first?.map(\.model) ?? []
        let rows = try models.flatMap { try Self.rows(of: $0, seeds: seeds) }
        let pairs = rows.flatMap(\.metrics).flatMap(\.replicates).map(\.count).max() ?? 1
        table = ComparisonTable(
            origin: origin,
            seeds: seeds.count,
            pairs: pairs > 1 ? pairs : nil,
            rows: rows.map { row in
                let measurements = row.metrics.compactMap { outcomes in
                    outcomes.measurement.map { (outcomes.metric, $0) }
                }
                return ComparisonTable.Row(
                    model: row.name,
                    metrics: Dictionary(measurements, uniquingKeysWith: { first, _ in first }),
                    isBound: plan.isBound(row: row.name)
                )
            },
            tests: try Self.tests(
                rows.filter { plan.compared.contains($0.name) },
                against: rows.filter {
                    models.contains($0.name) && !plan.compared.contains($0.name)
                },
                plan
            )
        )
    }

    /// The tests, metric by metric, adjusted as the plan has it.
    private static func tests(
        _ compared: [Row],
        against others: [Row],
        _ plan: ComparisonPlan
    ) throws -> [PairedTest] {
        var metrics: [Metric] = []
        for row in compared {
            for metric in row.metrics.map(\.metric)
            where !metric.isPart && !metrics.contains(metric) {
                metrics.append(metric)
            }
        }
        return try metrics.flatMap { metric in
            var tests: [PairedTest] = []
            for first in compared {
                for second in others {
                    guard let own = first[metric], let their = second[metric] else { continue }
                    var test = try PairedTest(
                        metric: metric,
                        a: (first.name, own),
                        b: (second.name, their)
                    )
                    test.role = plan.role(of: first.name, against: second.name)
                    tests.append(test)
                }
            }
            return ComparisonPlan.adjusted(tests)
        }
    }

    private static func rows(of model: String, seeds: [[ModelScores]]) throws -> [Row] {
        let scores = seeds.compactMap { seed in seed.first { $0.model == model } }
        let metrics = scores.first?.metrics ?? []
        let mean = Row(
            name: model,
            metrics: try metrics.map { metric in
                try ReplicatedOutcomes(
                    metric: metric,
                    replicates: scores.map { $0.outcomes(of: metric) }
                )
            }
        )
        let best = scores.compactMap(\.best)
        guard best.count == scores.count else { return [mean] }
        let chosen = Row(
            name: "\(model) (best)",
            metrics: try metrics.map { metric in
                try ReplicatedOutcomes(
                    metric: metric,
                    replicates: zip(scores, best).map { [$0.outcomes(of: metric)[$1]] }
                )
            }
        )
        return [mean, chosen]
    }
}
