import Checkpointing
import Foundation
import Foundations
import Pipeline
import Ranks
import Recipes
import RunRecords
import Synchronization
import Training

/// What rank 0 does: it orders the units of a study from all ranks, itself among them.
///
/// A thread of its own hears what the others report and sends orders; the calling thread makes
/// units as every other rank does. What the ranks have made is then taken over by a run of one
/// process, which alone writes tables and the database, so that nothing in them depends on the
/// number of ranks.
package final class RankedStudy: Sendable {
    /// What is reported while the ranks work.
    package enum Event: Sendable {
        /// The units are known.
        case began(units: Int, ranks: Int)
        /// A rank begins with a unit.
        case started(rank: Int, unit: StudyUnit)
        /// A unit is made.
        case finished(rank: Int, unit: StudyUnit, seconds: Double, done: Int, of: Int)
        /// What every rank does, by rank, and what is left of the work, in tokens.
        case progress([(name: String, progress: RankProgress)?], remaining: Double)
    }

    /// How the ranks have ended.
    package enum Outcome: Sendable {
        /// Every unit is made.
        case complete
        /// It was asked to stop, and can go on.
        case stopped
    }

    /// A rank was silent for too long, so that nothing can be agreed upon with it.
    package struct Silence: Error, CustomStringConvertible, Sendable {
        let failure: RankFailure

        package var description: String { failure.description }
    }

    private let link: RankLink
    private let plan: RankedPlan
    private let maker: UnitMaker
    private let state: Mutex<RankedState>
    /// Whether the others were told to come to a border.
    private let hasToldToStop = Mutex(false)

    /// How long a rank may be silent.
    private static let patience = Duration.seconds(120)
    /// How often progress is reported.
    private static let interval = Duration.seconds(1)

    /// Plans a study over a group.
    ///
    /// - Throws: What reading recipes and data throws.
    package init(_ study: StudyRunner, _ group: RankGroup) throws {
        link = RankLink(group: group)
        let plan = try RankedPlan(study)
        self.plan = plan
        maker = UnitMaker(cells: study.cells, options: study.options)
        state = Mutex(RankedState(plan.units, ranks: group.count))
    }

    /// Has all units made.
    ///
    /// - Parameters:
    ///   - observer: Gets every event, on the calling thread.
    ///   - follow: Gets the events of the units that this rank makes.
    ///   - shouldStop: Asked after every step of training and between parts of other stages.
    /// - Returns: How it ended.
    /// - Throws: `RankFailure` for the first unit that could not be made, `Silence`,
    ///   `RankGroup.Failure`, `RunLock.Taken`, errors of writing.
    package func run(
        observer: @escaping (Event) throws -> Void,
        follow: @escaping (PipelineEvent) -> Void,
        shouldStop: @escaping () -> Bool
    ) throws -> Outcome {
        let lock = try plan.prepare()
        defer { withExtendedLifetime(lock) {} }
        try observer(.began(units: plan.units.count, ranks: link.group.count))
        let listener = RankListener { [self] in try serve() }
        defer { listener.end() }
        let teller = Teller(observer)
        while true {
            try listener.check()
            if shouldStop() { state.withLock { $0.isStopping = true } }
            try teller.tell(state)
            if let unit = state.withLock({ $0.begin(0) }) {
                try teller.tell(state)
                try make(unit, teller, listener, follow, shouldStop)
            } else if state.withLock({ $0.isOver }) {
                break
            } else {
                usleep(RankLink.pause)
            }
        }
        try teller.tell(state)
        let (failure, isDone) = state.withLock { ($0.failure, $0.schedule.isDone) }
        if let failure { throw failure }
        return isDone ? .complete : .stopped
    }

    /// Tells the other ranks that it is over.
    ///
    /// - Throws: `RankGroup.Failure`.
    package static func end(_ group: RankGroup) throws {
        let link = RankLink(group: group)
        for rank in 1..<group.count { try link.send(.end, to: rank) }
    }

    /// Makes a unit at this rank; what goes wrong is noted as another rank's failure is.
    private func make(
        _ unit: StudyUnit,
        _ teller: Teller,
        _ listener: RankListener,
        _ follow: @escaping (PipelineEvent) -> Void,
        _ shouldStop: @escaping () -> Bool
    ) throws {
        let start = ContinuousClock.now
        let meeting =
            unit.isTogether
            ? ModelMeeting(GroupPeers(link.group) { try listener.check() }) : nil
        do {
            let isComplete = try maker.make(plan.order(for: unit), meeting) { [self] event in
                follow(event)
                if let progress = UnitMaker.progress(of: unit.number, event) {
                    state.withLock { $0.note(progress, of: 0) }
                }
                try teller.tell(state)
            } shouldStop: { [self] in
                shouldStop() || state.withLock { $0.isEnding }
            }
            try meeting?.callOff()
            // A unit that is not complete was stopped, here or at another rank.
            if !isComplete { state.withLock { $0.isStopping = true } }
            let seconds = start.duration(to: .now).inSeconds
            state.withLock { $0.end(0, isComplete: isComplete, seconds: seconds) }
        } catch {
            // Nobody to whom anything could be said.
            if error is Silence || error is RankGroup.Failure { throw error }
            try meeting?.callOff()
            if error is PeerFailure { try hearReason(listener) }
            let reason = ErrorText.text(of: error)
            state.withLock { $0.fail(0, reason) }
        }
    }

    /// Waits until the rank that has failed says why.
    private func hearReason(_ listener: RankListener) throws {
        let end = ContinuousClock.now + Self.patience
        while state.withLock({ $0.failure == nil }), ContinuousClock.now < end {
            try listener.check()
            usleep(RankLink.pause)
        }
    }

    /// Hears the other ranks, and orders units from them.
    private func serve() throws {
        while let (rank, report) = try link.nextReport() {
            state.withLock { $0.take(report, of: rank) }
        }
        if let failure = state.withLock({ $0.silent(for: Self.patience) }) {
            throw Silence(failure: failure)
        }
        for (rank, unit) in state.withLock({ $0.beginIdle() }) {
            try link.send(.make(plan.order(for: unit)), to: rank)
        }
        for (rank, unit) in state.withLock({ $0.takeJoining() }) {
            try link.send(.join(plan.order(for: unit)), to: rank)
        }
        let mustTell =
            state.withLock { $0.isEnding }
            && hasToldToStop.withLock { told in
                defer { told = true }
                return !told
            }
        if mustTell {
            for rank in 1..<link.group.count { try link.send(.stop, to: rank) }
        }
        usleep(RankLink.pause)
    }

    /// Tells what has happened at once, and how far everybody is from time to time.
    private final class Teller {
        private let observer: (Event) throws -> Void
        private var told = ContinuousClock.now

        init(_ observer: @escaping (Event) throws -> Void) { self.observer = observer }

        func tell(_ state: borrowing Mutex<RankedState>) throws {
            for event in state.withLock({ $0.takeEvents() }) { try observer(event) }
            guard told.duration(to: .now) > RankedStudy.interval else { return }
            told = .now
            try observer(state.withLock { $0.progress })
        }
    }
}
