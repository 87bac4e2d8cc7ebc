import Checkpointing
import Foundation
import Pipeline
import Recipes
import RunRecords

/// The units of a study that are not made yet, and where each finds its inputs.
struct RankedPlan {
    /// The units; each stands after those that it needs.
    let units: [StudyUnit]

    private let loaded: LoadedRecipe
    private let parts: StudyParts
    /// The folders in which the inputs of each unit are found.
    private let sources: [[URL]]
    /// Units that were begun in the folder of their experiment, which is given.
    private let begun: [(unit: Int, store: RunStore)]
    /// Results that were put aside by an earlier run and are wanted again.
    private let aside: [(stage: Stage, store: RunStore)]

    /// Looks at every experiment of a study; nothing is written.
    ///
    /// - Throws: What reading recipes and data throws.
    init(_ study: StudyRunner) throws {
        loaded = study.loaded
        parts = StudyParts(ofRun: study.loaded.output)
        var units: [StudyUnit] = []
        var sources: [[URL]] = []
        var begun: [(unit: Int, store: RunStore)] = []
        var aside: [(stage: Stage, store: RunStore)] = []
        // Where each stage is or will be, and the unit that makes it, by its identity.
        var places: [ContentHash: URL] = [:]
        var makers: [ContentHash: Int] = [:]
        for (number, cell) in study.cells.enumerated() {
            let label = cell.cell?.label ?? ""
            let runner = try study.runner(of: number)
            let stages = Dictionary(runner.stages.map { ($0.name, $0) }) { first, _ in first }
            for entry in runner.plan().entries where entry.stage.work != .comparison {
                let stage = entry.stage
                switch entry.action {
                case .leaveOut: continue
                case .reuse: places[stage.identity] = places[stage.identity] ?? runner.store.folder
                case .bringBack:
                    aside.append((stage, runner.store))
                    places[stage.identity] = places[stage.identity] ?? runner.store.folder
                case .share(let folder):
                    places[stage.identity] =
                        places[stage.identity] ?? folder.deletingLastPathComponent()
                case .run, .resume:
                    guard places[stage.identity] == nil else { continue }
                    if case .resume = entry.action { begun.append((units.count, runner.store)) }
                    let inputs = Self.closure(of: stage, in: stages)
                    makers[stage.identity] = units.count
                    sources.append(inputs.compactMap { places[$0.identity] })
                    units.append(
                        StudyUnit(
                            number: units.count,
                            cell: number,
                            label: label,
                            stage: stage,
                            needs: inputs.compactMap { makers[$0.identity] },
                            cost: Self.cost(of: stage, in: cell.loaded.recipe),
                            isTogether: Self.isTogether(stage, in: cell.loaded.recipe)
                        )
                    )
                    places[stage.identity] = parts.folder(of: stage.name, in: label)
                }
            }
        }
        self.units = units
        self.sources = sources
        self.begun = begun
        self.aside = aside
    }

    /// Takes the run's folder, and puts in order what earlier runs have left there.
    ///
    /// - Returns: The lock, which keeps other runs out.
    /// - Throws: `RunLock.Taken`, `RunStore.Failure`, errors of writing.
    func prepare() throws -> RunLock {
        let store = RunStore(folder: loaded.output)
        try Folder.make(at: store.folder)
        let lock = try RunLock(folder: store.folder)
        try store.open(recipe: loaded.recipe.name)
        for (stage, store) in aside { try store.bringBack(stage) }
        for (number, store) in begun {
            try parts.take(units[number].stage, in: units[number].label, from: store)
        }
        return lock
    }

    /// A unit as the rank that makes it has to know it.
    func order(for unit: StudyUnit) -> UnitOrder {
        var seen: Set<URL> = []
        return UnitOrder(
            unit: unit.number,
            cell: unit.cell,
            stage: unit.stage.name,
            identity: unit.stage.identity.hexadecimal,
            folder: parts.folder(of: unit.stage.name, in: unit.label).path,
            siblings: sources[unit.number].filter { seen.insert($0).inserted }.map(\.path)
        )
    }

    /// Everything that a stage builds on.
    private static func closure(of stage: Stage, in stages: [String: Stage]) -> [Stage] {
        var found: [String: Stage] = [:]
        var open = stage.inputs
        while let name = open.popLast() {
            guard found[name] == nil, let input = stages[name] else { continue }
            found[name] = input
            open += input.inputs
        }
        return found.values.sorted { $0.name < $1.name }
    }

    /// Whether all ranks make it together.
    private static func isTogether(_ stage: Stage, in recipe: Recipe) -> Bool {
        switch stage.work {
        case .training(let name):
            guard let replica = recipe.replica(named: name) else { return false }
            return recipe.effective(stage: replica.stage)?.dataParallel ?? false
        case .evaluation: return recipe.evaluation.dataParallel ?? false
        case .tokenizer, .checkpoint, .merge, .comparison: return false
        }
    }

    /// The tokens that a model is trained on; for answers, which are a third as dear, a guess.
    private static func cost(of stage: Stage, in recipe: Recipe) -> Double {
        switch stage.work {
        case .training(let name):
            guard let replica = recipe.replica(named: name),
                let settings = recipe.effective(stage: replica.stage)
            else { return 1 }
            return Double(settings.steps) * Double(settings.tokensPerBatch)
                * Double(settings.accumulation)
        case .evaluation(let model):
            let problems = recipe.evaluation.problems
            let asked = (problems.target.problems ?? 0) + (problems.english.problems ?? 0)
            let models = recipe.specifications(of: model).joined().count
            return Double(asked * max(models, 1)) * tokensOfAnswer / 3
        case .tokenizer, .checkpoint, .merge, .comparison: return 1
        }
    }

    /// A problem and its worked answer, roughly.
    private static let tokensOfAnswer = 90.0
}
