import Checkpointing
import Evaluation
import Foundation
import Recipes
import RunRecords

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
        /// What they have in common.
        package let group: SweepSettings.Group
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

    /// What an experiment of a sweep gives to the table of its group.
    private struct FinishedCell {
        var group: String
        var plan: ComparisonPlan
        var origin: ComparisonTable.Origin
        var scores: [ModelScores]
    }

    /// The experiments in the order in which they are run.
    package let cells: [Cell]

    private let parts: StudyParts
    package let loaded: LoadedRecipe
    package let options: PipelineRunner.Options

    /// Reads the recipe of every experiment; nothing is written.
    ///
    /// - Throws: `RecipeError` when one of them is no recipe, and what `RunStore.check` throws.
    package init(_ loaded: LoadedRecipe, options: PipelineRunner.Options) throws {
        self.loaded = loaded
        var options = options
        // What several ranks have made is there for one process too.
        parts = StudyParts(ofRun: loaded.output)
        options.siblings += parts.all.map(\.folder)
        self.options = options
        // Before anything is read that takes time.
        try RunStore.check(loaded)
        cells = try Self.cells(of: loaded)
        // The last one is not found to be in the way after days in the others.
        for cell in cells where cell.cell != nil {
            _ = try RunStore(folder: cell.loaded.output).belongs(to: cell.loaded.recipe.name)
        }
    }

    /// The experiments of a recipe.
    ///
    /// - Throws: `RecipeError` when one of them is no recipe.
    package static func cells(of loaded: LoadedRecipe) throws -> [Cell] {
        let sweep = loaded.recipe.sweep
        return sweep.axes.isEmpty
            ? [Cell(cell: nil, loaded: loaded)]
            : try sweep.cells.map { Cell(cell: $0, loaded: try loaded.cell($0)) }
    }

    /// The folders of the experiments by their labels.
    private var folders: [String: URL] {
        Dictionary(cells.map { ($0.cell?.label ?? "", $0.loaded.output) }) { first, _ in first }
    }

    /// Takes over what several ranks have begun and not finished.
    private func takeOverParts() throws {
        guard !parts.all.isEmpty else { return }
        let lock = try RunLock(folder: loaded.output)
        try withExtendedLifetime(lock) { try parts.giveBack(to: folders, of: loaded.recipe.name) }
    }

    /// Does what is left to do, one experiment after the other.
    ///
    /// - Parameters:
    ///   - began: Called before each experiment of a sweep with its number from 0.
    ///   - observer: Gets every event; what it throws ends the run.
    ///   - shouldStop: Asked after every step of training and between parts of other stages.
    /// - Returns: How it ended, with the tables.
    /// - Throws: What `PipelineRunner.run` throws; what is finished stays.
    package func run(
        began: (Int, Cell) throws -> Void = { _, _ in },
        observer: @escaping (PipelineEvent) throws -> Void,
        shouldStop: @escaping () -> Bool
    ) throws -> Outcome {
        try takeOverParts()
        let outcome = try runCells(began: began, observer: observer, shouldStop: shouldStop)
        if case .complete = outcome, options.goals == nil { try parts.remove(cells: folders) }
        return outcome
    }

    private func runCells(
        began: (Int, Cell) throws -> Void,
        observer: @escaping (PipelineEvent) throws -> Void,
        shouldStop: @escaping () -> Bool
    ) throws -> Outcome {
        guard let parent = try sweepStore() else {
            let runner = try PipelineRunner(experiment: Experiment(loaded), options: options)
            switch try runner.run(observer: observer, shouldStop: shouldStop) {
            case .stopped(let stage): return .stopped(stage: stage)
            case .complete(nil): return .complete([])
            case .complete(let table?):
                let file = RunStore(folder: loaded.output).resultsFile
                return .complete([GroupTable(group: .only, table: table, file: file)])
            }
        }
        let lock = try RunLock(folder: parent.folder)
        defer { withExtendedLifetime(lock) {} }
        try parent.open(recipe: loaded.recipe.name)
        let text = try loaded.recipe.yaml()
        try AtomicFile.write(Data(text.utf8), to: parent.folder.appending(path: RunFolder.recipe))
        try removeOldTables(in: parent)
        let session = try RunSession(loaded, in: parent, threads: options.threads)
        return try session.recording {
            if case .stopped(let stage) = $0 { stage } else { nil }
        } _: {
            try sweep(session, began: began, observer: observer, shouldStop: shouldStop)
        }
    }

    /// The folder of all experiments, or nil for a recipe without a sweep.
    private func sweepStore() throws -> RunStore? {
        guard !loaded.recipe.sweep.axes.isEmpty else { return nil }
        let store = RunStore(folder: loaded.output)
        try Folder.make(at: store.folder)
        return store
    }

    /// Removes the tables of groups of which an experiment is to be measured again, before the first
    /// is: until all are, they would be wrong answers beside the new recipe.
    private func removeOldTables(in parent: RunStore) throws {
        for (number, cell) in cells.enumerated() {
            let file = parent.resultsFile(of: cell.cell?.group ?? "")
            guard InputFile.exists(file), try runner(of: number).plan().changesTable else {
                continue
            }
            try FileManager.default.removeItem(at: file)
        }
    }

    private func sweep(
        _ session: RunSession,
        began: (Int, Cell) throws -> Void,
        observer: @escaping (PipelineEvent) throws -> Void,
        shouldStop: @escaping () -> Bool
    ) throws -> Outcome {
        var finished: [FinishedCell] = []
        for (number, cell) in cells.enumerated() {
            try began(number, cell)
            let runner = try runner(of: number, in: session)
            switch try runner.run(observer: observer, shouldStop: shouldStop) {
            case .stopped(let stage): return .stopped(stage: stage)
            case .complete(nil): continue
            case .complete:
                finished.append(
                    FinishedCell(
                        group: cell.cell?.group ?? "",
                        plan: cell.loaded.recipe.comparisonPlan,
                        origin: cell.loaded.recipe.origin,
                        scores: try runner.scores()
                    )
                )
            }
        }
        return .complete(try tables(of: finished))
    }

    /// The runner of an experiment, which takes over what those before it have made.
    package func runner(of number: Int, in session: RunSession? = nil) throws -> PipelineRunner {
        let cell = cells[number]
        var options = options
        options.siblings = cells.prefix(number).map(\.loaded.output) + options.siblings
        options.session = session
        options.cell = cell.cell?.label ?? ""
        return try PipelineRunner(experiment: Experiment(cell.loaded), options: options)
    }

    /// One table for each group, written into the folder of the run.
    private func tables(of finished: [FinishedCell]) throws -> [GroupTable] {
        try loaded.recipe.sweep.groups.compactMap { group in
            let members = finished.filter { $0.group == group.label }
            guard !members.isEmpty else { return nil }
            let table = try ResultsTable(
                seeds: members.map(\.scores),
                plan: members[0].plan,
                origin: members[0].origin
            ).table
            let file = RunStore(folder: loaded.output).resultsFile(of: group.label)
            try AtomicFile.write(table.json() + Data("\n".utf8), to: file)
            return GroupTable(group: group, table: table, file: file)
        }
    }
}
