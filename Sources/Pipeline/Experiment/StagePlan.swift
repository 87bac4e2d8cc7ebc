import Foundation
import Foundations
import RunRecords
import Training

/// What a run will do about each stage, and why.
package struct StagePlan: Sendable {
    /// What happens to a stage.
    package enum Action: Hashable, Sendable {
        /// Its result is there.
        case reuse
        /// Its result was put aside by an earlier run and comes back.
        case bringBack
        /// Another experiment has made it; its result is taken over.
        case share(from: URL)
        /// It is not made: what was measured of it was taken over without it.
        case leaveOut
        /// It was interrupted after this step and goes on.
        case resume(step: Int)
        /// It is made.
        case run
    }

    /// A stage and what happens to it.
    package struct Entry: Sendable {
        /// The stage.
        package let stage: Stage
        /// What happens.
        package let action: Action
        /// Why, in words.
        package let reason: String
    }

    /// The stages in the order in which they are made.
    package let entries: [Entry]

    /// Compares stages with what a folder holds.
    ///
    /// - Parameters:
    ///   - stages: The stages in order; inputs first.
    ///   - store: The folder of the run.
    ///   - siblings: Folders of experiments that may have made the same stages.
    ///   - goals: Stages that are made even when nothing needs them any more.
    ///   - force: Stages that are made again although they are finished.
    package init(
        stages: [Stage],
        store: RunStore,
        siblings: [RunStore] = [],
        goals: Set<String> = [],
        force: Set<String>
    ) {
        let findings = stages.map { stage in
            force.contains(stage.name)
                ? Finding(.run, "--force") : Self.look(for: stage, in: store, or: siblings)
        }
        entries = Self.leavingOut(findings, of: stages, goals: goals)
    }

    /// What was found of a stage, and what follows for it alone.
    private struct Finding {
        var action: Action
        var reason: String
        /// The record of its result, where that is there.
        var record: StageRecord?
        /// Whether nothing of it is there.
        var isMissing = false

        init(_ action: Action, _ reason: String, record: StageRecord? = nil) {
            self.action = action
            self.reason = reason
            self.record = record
        }
    }

    /// Looks for the result of a stage in the folder of the run, among what was put aside there,
    /// and in other experiments.
    private static func look(
        for stage: Stage,
        in store: RunStore,
        or siblings: [RunStore]
    ) -> Finding {
        let folder = store.folder(of: stage.name)
        let record = RunStore.record(in: folder)
        let work = store.workFolder(of: stage.name)
        if let record, record.identity == stage.identity {
            if RunStore.isIntact(record, in: folder) {
                let seconds = Duration.seconds(record.seconds).briefly
                return Finding(.reuse, "finished, took \(seconds)", record: record)
            }
            if store.earlierResult(of: stage) == nil {
                return Finding(.run, "its files were changed")
            }
        }
        if let aside = store.earlierResult(of: stage) {
            let record = RunStore.record(in: aside)
            return Finding(.bringBack, "finished in an earlier run", record: record)
        }
        if let unfinished = RunStore.record(in: work), unfinished.identity == stage.identity,
            let step = Trainer.newestStep(in: work)
        {
            return Finding(.resume(step: step), "interrupted, has a checkpoint of step \(step)")
        }
        if let made = shared(stage, with: store, by: siblings) { return made }
        if let damaged = [folder, work].first(where: RunStore.hasDamagedRecord) {
            let file = damaged.appending(path: StageRecord.fileName).shownPath
            return Finding(.run, "\(file) is damaged; what was made goes to earlier/")
        }
        guard let record else {
            var finding = Finding(.run, "new")
            finding.isMissing = true
            return finding
        }
        return Finding(
            .run,
            record.difference(from: stage.facts) + "; the old result goes to earlier/"
        )
    }

    /// The first of other experiments that has made a stage.
    private static func shared(
        _ stage: Stage,
        with store: RunStore,
        by siblings: [RunStore]
    ) -> Finding? {
        // A reference is made as fast as it is copied.
        if case .checkpoint = stage.work { return nil }
        for sibling in siblings {
            let made = sibling.folder(of: stage.name)
            guard sibling.folder.standardizedFileURL != store.folder.standardizedFileURL,
                let record = RunStore.record(in: made), record.identity == stage.identity,
                RunStore.isIntact(record, in: made)
            else { continue }
            let reason = "the same as in \(store.shownName(of: sibling.folder))"
            return Finding(.share(from: made), reason, record: record)
        }
        return nil
    }

    /// Leaves out what is missing and whose every use is there, when scores are why: they came out
    /// of an archive, without the models that they were measured of.
    ///
    /// Without an archive a missing result is made again: it may have been removed for that.
    private static func leavingOut(
        _ findings: [Finding],
        of stages: [Stage],
        goals: Set<String>
    ) -> [Entry] {
        var entries = zip(stages, findings).map {
            Entry(stage: $0, action: $1.action, reason: $1.reason)
        }
        let scores = zip(stages, findings).filter { $1.record?.isArchived == true }.map(\.0.name)
        guard !scores.isEmpty else { return entries }
        for place in entries.indices.reversed() where findings[place].isMissing {
            let name = stages[place].name
            let uses = entries.filter { $0.stage.inputs.contains(name) }
            guard !goals.contains(name), uses.allSatisfy(\.isSettled),
                uses.contains(where: { $0.action == .leaveOut || scores.contains($0.stage.name) })
            else { continue }
            entries[place] = Entry(
                stage: stages[place],
                action: .leaveOut,
                reason: "its scores are there"
            )
        }
        return entries
    }

    /// Whether nothing is left to do.
    package var isComplete: Bool { entries.allSatisfy { !$0.hasWork } }

    /// Whether the table is made, so that an old one is no answer until then.
    package var changesTable: Bool {
        entries.contains { $0.stage.work == .comparison && $0.action != .reuse }
    }
}

extension StagePlan.Entry {
    /// Whether nothing has to be computed for it.
    package var isSettled: Bool {
        switch action {
        case .reuse, .bringBack, .share, .leaveOut: true
        case .run, .resume: false
        }
    }

    /// Whether something is done about it, be it only a folder that is moved.
    package var hasWork: Bool {
        switch action {
        case .reuse, .leaveOut: false
        case .bringBack, .share, .run, .resume: true
        }
    }
}

extension RunStore {
    /// How a message about this run calls the folder of another: by its name when both lie in one
    /// folder, as experiments of a sweep do, else by its path.
    package func shownName(of other: URL) -> String {
        let parents = [folder, other].map { $0.standardizedFileURL.deletingLastPathComponent() }
        return parents[0] == parents[1] ? other.lastPathComponent : other.shownPath
    }
}
