import Checkpointing
import Foundation
import Pipeline
import RunRecords
import Testing

@Suite("Plans of runs whose scores came without their models")
struct ArchivedScoresTests {
    private let store = RunStore(
        folder: FileManager.default.temporaryDirectory
            .appending(path: "layerswap-archived-\(UUID().uuidString)")
    )

    private static let stages: [Stage] = {
        func stage(_ work: Stage.Work, _ inputs: Stage...) -> Stage {
            Stage(work: work, settings: "", data: nil, seed: nil, inputs: inputs)
        }
        let tokenizer = stage(.tokenizer)
        let base = stage(.training("base"), tokenizer)
        let math = stage(.training("math"), tokenizer, base)
        let scores = [
            stage(.evaluation("base"), tokenizer, base),
            stage(.evaluation("math"), tokenizer, math),
        ]
        return [tokenizer, base, math] + scores + [stage(.comparison, scores[0], scores[1])]
    }()

    private func write(_ names: Set<String>, isArchived: Bool?) throws {
        for stage in Self.stages where names.contains(stage.name) {
            let folder = store.folder(of: stage.name)
            try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
            var record = StageRecord(
                stage: stage.name,
                identity: stage.identity,
                facts: stage.facts,
                seconds: 1,
                outputs: [:]
            )
            record.isArchived = isArchived
            try RunStore.write(record, in: folder)
        }
    }

    /// Writes the results of stages, and says what the plan does with each.
    private func plan(
        finished: Set<String> = [],
        archived: Set<String> = [],
        goals: Set<String> = []
    ) throws -> [String: StagePlan.Action] {
        defer { try? FileManager.default.removeItem(at: store.folder) }
        try write(finished, isArchived: nil)
        try write(archived, isArchived: true)
        let plan = StagePlan(stages: Self.stages, store: store, goals: goals, force: [])
        return Dictionary(uniqueKeysWithValues: plan.entries.map { ($0.stage.name, $0.action) })
    }

    @Test("nothing is trained whose scores are all there")
    func complete() throws {
        let plan = try plan(archived: ["evaluation-base", "evaluation-math"])
        #expect(
            plan == [
                "tokenizer": .leaveOut, "base": .leaveOut, "math": .leaveOut,
                "evaluation-base": .reuse, "evaluation-math": .reuse, "comparison": .run,
            ]
        )
    }

    @Test("what a missing score needs is made, with all that it is made from")
    func needed() throws {
        let plan = try plan(archived: ["evaluation-base"])
        #expect(
            plan == [
                "tokenizer": .run, "base": .run, "math": .run,
                "evaluation-base": .reuse, "evaluation-math": .run, "comparison": .run,
            ]
        )
    }

    @Test("what a model that is there was made from is not made again for it")
    func partial() throws {
        let plan = try plan(finished: ["math"], archived: ["evaluation-base", "evaluation-math"])
        #expect(plan["math"] == .reuse)
        #expect(plan["base"] == .leaveOut)
        #expect(plan["tokenizer"] == .leaveOut)
    }

    @Test("scores that come back from earlier need no models either")
    func putAside() throws {
        defer { try? FileManager.default.removeItem(at: store.folder) }
        try write(["evaluation-base", "evaluation-math"], isArchived: true)
        try store.putAside("evaluation-math")
        let plan = StagePlan(stages: Self.stages, store: store, force: [])
        let actions = plan.entries.map(\.action)
        #expect(actions == [.leaveOut, .leaveOut, .leaveOut, .reuse, .bringBack, .run])
    }

    @Test("a stage that is asked for is made, and what it needs")
    func goals() throws {
        let plan = try plan(archived: ["evaluation-base", "evaluation-math"], goals: ["base"])
        #expect(plan["base"] == .run)
        #expect(plan["tokenizer"] == .run)
        #expect(plan["math"] == .leaveOut)
    }

    @Test("without an archive, what was removed is made again")
    func removed() throws {
        let plan = try plan(finished: ["math", "evaluation-base", "evaluation-math", "comparison"])
        #expect(plan["tokenizer"] == .run)
        #expect(plan["base"] == .run)
        #expect(plan["math"] == .reuse)
    }
}
