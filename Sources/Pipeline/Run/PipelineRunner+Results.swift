import Checkpointing
import Evaluation
import Foundation
import Foundations
import MergeMethods
import Merging
import Recipes
import RunRecords

extension PipelineRunner {
    /// Merges the experts under a name.
    func merge(_ name: String, _ stage: Stage) throws {
        guard let settings = experiment.recipe.merges[name]?.points.first else {
            preconditionFailure("there is no merge \(name)")
        }
        let start = ContinuousClock.now
        let inputs = try settings.inputs.sorted { $0.key < $1.key }.map { part, model in
            MergeInput(name: part, folder: try store.modelFolder(of: model))
        }
        let executor = try MergeExecutor(
            settings.method,
            of: inputs,
            workspace: MergeWorkspace(threadCount: options.threads)
        )
        let report = try executor.write(
            to: store.folder(of: name),
            version: ProgramVersion.current,
            finish: { folder in
                let record = StageRecord(
                    stage: name,
                    identity: stage.identity,
                    facts: stage.facts,
                    seconds: start.duration(to: .now).inSeconds,
                    outputs: try RunStore.outputs(in: folder)
                )
                try RunStore.write(record, in: folder)
            }
        )
        try observer(.merged(stage: name, settings.method, report))
    }

    /// The scores of all models in the order of the table.
    func scores() throws -> [ModelScores] {
        try experiment.recipe.modelNames.map { model in
            try ModelScores(in: store.evaluationFolder(of: model))
        }
    }

    /// Makes the table out of the scores of all models.
    func compare(_ stage: Stage) throws {
        let start = ContinuousClock.now
        let table = try ResultsTable(
            seeds: [scores()],
            plan: experiment.recipe.comparisonPlan,
            origin: experiment.recipe.origin
        ).table
        try finish(stage, since: start) { folder in
            let file = folder.appending(path: RunFolder.results)
            try AtomicFile.write(table.json() + Data("\n".utf8), to: file)
        }
    }

    /// The table of the run, when its comparison was among the goals.
    func table() throws -> ComparisonTable? {
        guard stages.contains(where: { $0.work == .comparison }) else { return nil }
        let file = store.folder(of: RunFolder.comparison).appending(path: RunFolder.results)
        let table = try InputFile.json(
            ComparisonTable.self,
            at: file,
            expected: "the table of a run; remove its folder and run the recipe again"
        )
        let data = try InputFile.data(at: file)
        // Whatever lies there is replaced, so that it need not be readable.
        if (try? InputFile.data(at: store.resultsFile)) != data {
            try AtomicFile.write(data, to: store.resultsFile)
        }
        return table
    }
}
