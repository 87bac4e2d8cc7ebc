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
        var archived: Set<String> = []
        var missing: Set<String> = []
        let entries = stages.map { stage in
            let folder = store.folder(of: stage.name)
            let record = RunStore.record(in: folder)
            let work = store.workFolder(of: stage.name)
            if force.contains(stage.name) {
                return Entry(stage: stage, action: .run, reason: "--force")
            }
            if let record, record.identity == stage.identity {
                if RunStore.isIntact(record, in: folder) {
                    if record.isArchived == true { archived.insert(stage.name) }
                    let seconds = Duration.seconds(record.seconds).briefly
                    return Entry(stage: stage, action: .reuse, reason: "finished, took \(seconds)")
                }
                if store.earlierResult(of: stage) == nil {
                    return Entry(stage: stage, action: .run, reason: "its files were changed")
                }
            }
            if store.earlierResult(of: stage) != nil {
                return Entry(stage: stage, action: .bringBack, reason: "finished in an earlier run")
            }
            if let unfinished = RunStore.record(in: work) {
                if unfinished.identity == stage.identity, let step = Trainer.newestStep(in: work) {
                    return Entry(
                        stage: stage,
                        action: .resume(step: step),
                        reason: "interrupted, has a checkpoint of step \(step)"
                    )
                }
            }
            // A reference is made as fast as it is copied.
            let isReference = if case .checkpoint = stage.work { true } else { false }
            for sibling in siblings where !isReference {
                let made = sibling.folder(of: stage.name)
                guard sibling.folder.standardizedFileURL != store.folder.standardizedFileURL,
                    let other = RunStore.record(in: made), other.identity == stage.identity,
                    RunStore.isIntact(other, in: made)
                else { continue }
                if other.isArchived == true { archived.insert(stage.name) }
                return Entry(
                    stage: stage,
                    action: .share(from: made),
                    reason: "the same as in \(store.shownName(of: sibling.folder))"
                )
            }
            if let damaged = [folder, work].first(where: RunStore.hasDamagedRecord) {
                let file = damaged.appending(path: StageRecord.fileName).shownPath
                return Entry(
                    stage: stage,
                    action: .run,
                    reason: "\(file) is damaged; what was made goes to earlier/"
                )
            }
            guard let record else {
                missing.insert(stage.name)
                return Entry(stage: stage, action: .run, reason: "new")
            }
            return Entry(
                stage: stage,
                action: .run,
                reason: record.difference(from: stage.facts) + "; the old result goes to earlier/"
            )
        }
        self.entries = Self.leavingOut(
            missing.subtracting(goals),
            of: entries,
            scores: archived
        )
    }

    /// Leaves out what is missing and whose every use is there, when scores are why: they came out
    /// of an archive, without the models that they were measured of.
    ///
    /// Without an archive a missing result is made again, as whoever removed it expects.
    private static func leavingOut(
        _ missing: Set<String>,
        of entries: [Entry],
        scores: Set<String>
    ) -> [Entry] {
        guard !scores.isEmpty, !missing.isEmpty else { return entries }
        var entries = entries
        for place in entries.indices.reversed() {
            let name = entries[place].stage.name
            let uses = entries.filter { $0.stage.inputs.contains(name) }
            guard missing.contains(name), uses.allSatisfy(\.isSettled),
                uses.contains(where: { $0.action == .leaveOut || scores.contains($0.stage.name) })
            else { continue }
            entries[place] = Entry(
                stage: entries[place].stage,
                action: .leaveOut,
                reason: "its scores are there"
            )
        }
        return entries
    }

    /// Whether nothing is left to do.
    package var isComplete: Bool { entries.allSatisfy { !$0.hasWork } }
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
