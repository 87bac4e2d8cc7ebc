import Checkpointing
import Evaluation
import Foundation

/// Runs a recipe: once, or as every experiment of its sweep, and pools what only seeds tell apart.
package final class StudyRunner {
    /// One experiment.
    package struct Cell: Sendable {
        /// What it sets; nil for a recipe without a sweep.
        package let cell: SweepSettings.Cell?
        /// The recipe with that set.
        package let loaded: LoadedRecipe
    }

    /// The table of experiments that differ in their seed alone.
    package struct GroupTable: Sendable {
        /// What they have in common, such as `te`; empty when there is one group.
        package let group: String
        /// The table over all seeds.
        package let table: ComparisonTable
        /// Where it was written.
        package let file: URL
    }

    /// How a run ended.
    package enum Outcome: Sendable {
        /// Everything that was asked for is there; with tables when whole recipes were.
        case complete([GroupTable])
        /// It was asked to stop, during or after this stage, and can go on.
        case stopped(stage: String)
    }

    /// The experiments in the order in which they are run.
    package let cells: [Cell]

    private let loaded: LoadedRecipe
    private let options: PipelineRunner.Options

    /// Reads the recipe of every experiment; nothing is written.
    ///
    /// - Throws: `RecipeError` when one of them is no recipe.
    package init(_ loaded: LoadedRecipe, options: PipelineRunner.Options) throws {
        self.loaded = loaded
        self.options = options
        let sweep = loaded.recipe.sweep
        cells =
            sweep.axes.isEmpty
            ? [Cell(cell: nil, loaded: loaded)]
            : try sweep.cells.map { Cell(cell: $0, loaded: try loaded.cell($0)) }
    }

    /// Does what is left to do, one experiment after the other.
    ///
    /// - Parameters:
    ///   - began: Called before each experiment of a sweep with its number from 0.
    ///   - observer: Gets every event; what it throws ends the run.
    ///   - shouldStop: Asked after every step of training and between parts of other stages.
    /// - Throws: What `PipelineRunner.run` throws; what is finished stays.
    package func run(
        began: (Int, Cell) throws -> Void = { _, _ in },
        observer: @escaping (PipelineEvent) throws -> Void,
        shouldStop: @escaping () -> Bool
    ) throws -> Outcome {
        var finished: [(cell: Cell, scores: [ModelScores])] = []
        for (number, cell) in cells.enumerated() {
            if cell.cell != nil { try began(number, cell) }
            var options = options
            options.siblings = cells.prefix(number).map(\.loaded.output)
            let experiment = try Experiment(cell.loaded)
            let runner = try PipelineRunner(experiment: experiment, options: options)
            let outcome = try runner.run(observer: observer, shouldStop: shouldStop)
            switch outcome {
            case .stopped(let stage): return .stopped(stage: stage)
            case .complete(let table):
                if let table, cell.cell == nil {
                    let file = RunStore(folder: cell.loaded.output).resultsFile
                    return .complete([GroupTable(group: "", table: table, file: file)])
                }
                guard table != nil else { continue }
                finished.append((cell, try runner.scores()))
            }
        }
        var groups: [String] = []
        for entry in finished {
            let group = entry.cell.cell?.group ?? ""
            if !groups.contains(group) { groups.append(group) }
        }
        return .complete(
            try groups.map { group in
                let members = finished.filter { $0.cell.cell?.group == group }
                let table = try ResultsTable(
                    seeds: members.map(\.scores),
                    compared: members[0].cell.loaded.recipe.comparedModels
                ).table
                let name = group.isEmpty ? "results.json" : "results-\(group).json"
                let file = loaded.output.appending(path: name)
                try AtomicFile.write(table.json() + Data("\n".utf8), to: file)
                return GroupTable(group: group, table: table, file: file)
            }
        )
    }
}
