import Checkpointing
import Evaluation
import Foundation
import Merging
import Tokenization
import Transformer

extension PipelineRunner {
    /// Measures a model: with every choice of experts, and with the best of its settings.
    ///
    /// The best setting has the highest mean score on the development problems over all choices of
    /// experts; only that one is measured on the split of the recipe.
    ///
    /// - Returns: False when it was asked to stop before the end.
    func evaluate(_ model: String, _ stage: Stage) throws -> Bool {
        let start = ContinuousClock.now
        let points = experiment.recipe.specifications(of: model)
        let models = ModelShelf(store: store)
        var development: [[Double]] = points.map { _ in [] }
        if experiment.recipe.evaluation.development != nil, points.joined().count > 1 {
            let total = points.joined().count
            for (place, specifications) in points.enumerated() {
                for specification in specifications {
                    if shouldStop() { return false }
                    let score = try developmentScore(of: specification, models)
                    development[place].append(score)
                    let done = development.joined().count
                    try observer(.chose(model: model, done: done, of: total, score: score))
                }
            }
        }
        let chosen = try DevelopmentChoice(
            among: development.enumerated().map { place, scores in
                .init(
                    name: "setting \(place + 1)",
                    development: scores.reduce(0, +) / Double(max(scores.count, 1)),
                    test: place
                )
            }
        ).index
        var scores = ModelScores(
            model: model,
            settings: settings(of: model, point: chosen),
            searched: points.count
        )
        var records: [Examiner.Result] = []
        for (place, specification) in points[chosen].enumerated() {
            guard let results = try examine(specification, models) else { return false }
            scores.add(
                replicate: specification.replicate,
                development: development[chosen].isEmpty ? nil : development[chosen][place],
                outcomes: results.flatMap(\.outcomes)
            )
            if points[chosen].count == 1 { records = results }
        }
        for metric in scores.metrics {
            guard !ComparisonTable.isPart(metric) else { continue }
            let outcomes = try ReplicatedOutcomes(
                metric: metric,
                replicates: [scores.outcomes(of: metric)]
            )
            guard let mean = outcomes.measurement else { continue }
            try observer(.measured(model: model, metric: metric, mean))
        }
        try finish(stage, since: start) { folder in
            try AtomicFile.write(scores.json(), to: folder.appending(path: ModelScores.fileName))
            for result in records {
                let file = folder.appending(path: "\(result.task.name).jsonl")
                try AtomicFile.write(result.records, to: file)
            }
        }
        return true
    }

    private func settings(of model: String, point: Int) -> String? {
        experiment.recipe.merges[model].map { $0.points[point].method.summary }
    }

    private func developmentScore(
        of specification: ModelSpecification,
        _ models: ModelShelf
    ) throws -> Double {
        let outcomes = try examiner(for: specification, models).development()
        return outcomes.measurement?.value ?? 0
    }

    /// The results of all tasks, or nil when it was asked to stop.
    private func examine(
        _ specification: ModelSpecification,
        _ models: ModelShelf
    ) throws -> [Examiner.Result]? {
        let examiner = try examiner(for: specification, models)
        var results: [Examiner.Result] = []
        for task in examiner.tasks {
            if shouldStop() { return nil }
            results.append(try examiner.perform(task))
        }
        return results
    }

    private func examiner(
        for specification: ModelSpecification,
        _ models: ModelShelf
    ) throws -> Examiner {
        Examiner(
            experiment: experiment,
            model: try models.model(of: specification),
            tokenizer: try tokenizer(),
            threads: options.threads
        )
    }
}

/// The models of a run that are open, so that hundreds of merges read each expert once.
final class ModelShelf {
    private let store: RunStore
    private var opened: [String: TransformerModel] = [:]

    init(store: RunStore) {
        self.store = store
    }

    /// Loads or merges a model.
    ///
    /// - Throws: Errors of checkpoints; `MergeError` and those of the method.
    func model(of specification: ModelSpecification) throws -> TransformerModel {
        switch specification.source {
        case .checkpoint(let folder): return try model(in: folder)
        case .merge(let method, let folders):
            let experts = try folders.mapValues { try model(in: $0) }
            guard let configuration = experts.values.first?.configuration else {
                throw MergeError.missingInput(name: "language", given: [])
            }
            let plan = try MergePlan(method, configuration: configuration)
            let merged = TransformerModel(zeros: configuration)
            try plan.merge(experts.mapValues(\.parameters), into: merged.parameters)
            return withExtendedLifetime(experts) { merged }
        }
    }

    private func model(in folder: String) throws -> TransformerModel {
        if let known = opened[folder] { return known }
        let model = try TransformerModel(at: store.folder(of: folder))
        opened[folder] = model
        return model
    }
}
