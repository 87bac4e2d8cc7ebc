import Checkpointing
import Evaluation
import Foundation
import Merging
import Tokenization
import Transformer

extension PipelineRunner {
    /// Merges the experts under a name.
    func merge(_ name: String, _ stage: Stage) throws {
        guard let settings = experiment.recipe.merges[name] else {
            preconditionFailure("there is no merge \(name)")
        }
        let start = ContinuousClock.now
        let inputs = settings.inputs.sorted { $0.key < $1.key }.map { part, model in
            MergeInput(name: part, folder: store.folder(of: model))
        }
        let executor = try MergeExecutor(settings.method, of: inputs)
        let folder = store.folder(of: name)
        let report = try executor.write(
            to: folder,
            replacing: true,
            version: ProgramVersion.current
        )
        // A folder without this record is made again, should the process end here.
        let record = StageRecord(
            stage: name,
            identity: stage.identity,
            facts: stage.facts,
            seconds: start.duration(to: .now).inSeconds,
            outputs: try RunStore.outputs(in: folder)
        )
        try RunStore.write(record, in: folder)
        try observer(.merged(stage: name, settings.method, report))
    }

    /// Measures a model.
    ///
    /// - Returns: False when it was asked to stop before the end; the parts are measured again
    ///   then.
    func evaluate(_ model: String, _ stage: Stage) throws -> Bool {
        let start = ContinuousClock.now
        let examiner = try Examiner(
            experiment: experiment,
            model: store.folder(of: model),
            threads: options.threads
        )
        var isComplete = true
        var results: [Examiner.Result] = []
        for task in examiner.tasks {
            if shouldStop() {
                isComplete = false
                break
            }
            let result = try examiner.perform(task)
            for (metric, measurement) in result.measurements {
                try observer(.measured(model: model, metric: metric, measurement))
            }
            results.append(result)
        }
        guard isComplete else { return false }
        try finish(stage, since: start) { folder in
            for result in results {
                let file = folder.appending(path: "\(result.task.name).jsonl")
                try AtomicFile.write(result.records, to: file)
            }
        }
        return true
    }

    /// Makes the table out of the records of all models.
    func compare(_ stage: Stage) throws {
        let start = ContinuousClock.now
        let recipe = experiment.recipe
        let sheets = try recipe.modelNames.map { model in
            try ScoreSheet(
                model: model,
                folder: store.folder(of: "evaluation-\(model)"),
                calculator: recipe.evaluation.calculator
            )
        }
        let swaps = recipe.merges.entries.filter {
            if case .layerSwap = $0.value.method { true } else { false }
        }
        let table = try ScoreSheet.table(of: sheets, comparing: swaps.map(\.name))
        try finish(stage, since: start) { folder in
            let file = folder.appending(path: "results.json")
            try AtomicFile.write(table.json() + Data("\n".utf8), to: file)
        }
    }

    /// The table of the run, when its comparison was among the goals.
    func table() throws -> ComparisonTable? {
        guard stages.contains(where: { $0.work == .comparison }) else { return nil }
        let file = store.folder(of: "comparison").appending(path: "results.json")
        let data = try Data(contentsOf: file)
        if (try? Data(contentsOf: store.resultsFile)) != data {
            try AtomicFile.write(data, to: store.resultsFile)
        }
        return try JSONDecoder().decode(ComparisonTable.self, from: data)
    }
}
