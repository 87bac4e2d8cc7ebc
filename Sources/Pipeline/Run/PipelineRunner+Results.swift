import Checkpointing
import Evaluation
import Foundation
import Merging
import Tokenization
import Transformer

extension PipelineRunner {
    /// Merges the experts under a name.
    func merge(_ name: String, _ stage: Stage) throws {
        guard let settings = experiment.recipe.merges[name]?.points.first else {
            preconditionFailure("there is no merge \(name)")
        }
        let start = ContinuousClock.now
        let inputs = settings.inputs.sorted { $0.key < $1.key }.map { part, model in
            MergeInput(name: part, folder: store.folder(of: model))
        }
        let executor = try MergeExecutor(
            settings.method,
            of: inputs,
            workspace: MergeWorkspace(threadCount: options.threads)
        )
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

    /// The scores of all models in the order of the table.
    func scores() throws -> [ModelScores] {
        try experiment.recipe.modelNames.map { model in
            try ModelScores(in: store.folder(of: "evaluation-\(model)"))
        }
    }

    /// Makes the table out of the scores of all models.
    func compare(_ stage: Stage) throws {
        let start = ContinuousClock.now
        let table = try ResultsTable(
            seeds: [scores()],
            plan: experiment.recipe.comparisonPlan
        ).table
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
