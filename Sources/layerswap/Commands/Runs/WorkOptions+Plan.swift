import Checkpointing
import Foundation
import Foundations
import Pipeline

extension WorkOptions {
    /// What happens to one stage, for other programs.
    private struct PlannedStage: Encodable {
        var name: String
        var action: String
        var reason: String
        /// Optimizer steps that are left, and the most tokens that they read; nil where nothing is
        /// trained.
        var steps: Int?
        var tokens: Int?
    }

    /// The plan of one experiment.
    private struct PlannedExperiment: Encodable {
        /// What a sweep sets; empty for a recipe without one.
        var experiment: String
        var stages: [PlannedStage]
    }

    /// The plan of a whole run.
    private struct PlannedRun: Encodable {
        var output: String
        var experiments: [PlannedExperiment]
        /// What is trained in all, each stage once.
        var steps: Int
        var tokens: Int
    }

    /// Prints what a run would do about every stage, and how much training that is; nothing is
    /// written.
    ///
    /// - Throws: What keeps the recipe from being run.
    func showPlan() throws {
        let loaded = try recipe.load()
        let study = try StudyRunner(loaded, options: runnerOptions(goals: nil))
        let left = try study.trainingLeft()
        let costs = Dictionary(left.parts.map { ($0.identity, $0) }) { first, _ in first }
        let console = output.console
        // What an experiment makes is there for those after it.
        var made: Set<ContentHash> = []
        let experiments = try study.cells.enumerated().map { number, cell in
            let stages = try study.runner(of: number).plan().entries.map { entry in
                let isNew = entry.isSettled || made.insert(entry.stage.identity).inserted
                let cost = entry.isSettled || !isNew ? nil : costs[entry.stage.identity]
                return PlannedStage(
                    name: entry.stage.name,
                    action: isNew ? entry.action.words : StagePlan.Action.sharingWords,
                    reason: isNew ? entry.reason : "made by an experiment before",
                    steps: cost?.steps,
                    tokens: cost.map { $0.steps * $0.tokensPerStep }
                )
            }
            return PlannedExperiment(experiment: cell.cell?.label ?? "", stages: stages)
        }
        for planned in experiments {
            if !planned.experiment.isEmpty { console.result("=== \(planned.experiment)") }
            for line in TextTable(rows: planned.stages.map(Self.row)).lines { console.result(line) }
            if !planned.experiment.isEmpty { console.result("") }
        }
        console.result("In all \(Self.text(steps: left.steps, tokens: left.tokens)) of training.")
        try console.object(
            PlannedRun(
                output: loaded.output.shownPath,
                experiments: experiments,
                steps: left.steps,
                tokens: left.tokens
            )
        )
    }

    private static func row(of stage: PlannedStage) -> [String] {
        let cost = stage.steps.flatMap { steps in
            stage.tokens.map { "; " + text(steps: steps, tokens: $0) }
        }
        return [stage.name, stage.action, stage.reason + (cost ?? "")]
    }

    private static func text(steps: Int, tokens: Int) -> String {
        "\(NumberText.grouped(steps)) steps, \(NumberText.short(Double(tokens))) tokens"
    }
}

extension StagePlan.Action {
    /// The word for taking over what another experiment has made.
    static let sharingWords = "share"

    /// What happens, in words.
    var words: String {
        switch self {
        case .reuse: "reuse"
        case .bringBack: "bring back"
        case .share: Self.sharingWords
        case .leaveOut: "leave out"
        case .resume: "resume"
        case .run: "run"
        }
    }
}
