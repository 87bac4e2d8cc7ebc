import Checkpointing
import Foundation
import Pipeline
import Recipes
import RunRecords

/// Makes a unit of a study in a folder of its own.
struct UnitMaker {
    /// The experiments.
    let cells: [StudyRunner.Cell]
    /// What is asked of the run.
    let options: PipelineRunner.Options

    /// The recipe, its data or the program is another one on this machine.
    struct Mismatch: Error, CustomStringConvertible {
        let stage: String

        var description: String {
            "\(stage) is not the same here as at rank 0: the program, the recipe or its data "
                + "differ on this machine"
        }
    }

    /// Makes the stage, or goes on with it; its inputs are taken from where they are.
    ///
    /// - Parameters:
    ///   - order: What is to be made.
    ///   - meeting: Where the ranks meet that make it together; nil when this one makes it alone.
    ///   - observer: Gets every event; what it throws ends the work.
    ///   - shouldStop: Asked after every step of training and between parts of other stages.
    /// - Returns: Whether it is complete; false when it was asked to stop.
    /// - Throws: What `PipelineRunner.run` throws, `Mismatch`.
    func make(
        _ order: UnitOrder,
        _ meeting: ModelMeeting? = nil,
        observer: @escaping (PipelineEvent) throws -> Void,
        shouldStop: @escaping () -> Bool
    ) throws -> Bool {
        let folder = URL(filePath: order.folder)
        // Marked as a run before it is looked at: nothing else may lie inside of a run.
        try Folder.make(at: folder)
        try RunStore(folder: folder).open(recipe: cells[order.cell].loaded.recipe.name)
        let runner = try runner(of: order, meeting)
        switch try runner.run(observer: observer, shouldStop: shouldStop) {
        case .complete: return true
        case .stopped: return false
        }
    }

    /// What makes the stage of an order.
    ///
    /// - Throws: What keeps the stage from being described, `Mismatch`.
    func runner(of order: UnitOrder, _ meeting: ModelMeeting?) throws -> PipelineRunner {
        var options = options
        options.goals = [order.stage]
        options.siblings = order.siblings.map { URL(filePath: $0) } + options.siblings
        options.meeting = meeting
        let loaded = try cells[order.cell].loaded.placed(in: URL(filePath: order.folder))
        let runner = try PipelineRunner(experiment: Experiment(loaded), options: options)
        guard
            runner.stages.contains(where: {
                $0.name == order.stage && $0.identity.hexadecimal == order.identity
            })
        else { throw Mismatch(stage: order.stage) }
        return runner
    }

    /// How far a stage is, from its events; nil for an event that says nothing of it.
    static func progress(of unit: Int, _ event: PipelineEvent) -> RankProgress? {
        switch event {
        case .training(_, .step(let record)):
            RankProgress(
                unit: unit,
                step: record.step,
                steps: record.steps,
                tokensPerSecond: Double(record.tokens) / max(record.seconds, 1e-9),
                remaining: record.remainingSeconds
            )
        case .chose(_, let done, let count, _, _):
            RankProgress(unit: unit, what: "candidate \(done) of \(count)")
        default: nil
        }
    }
}
