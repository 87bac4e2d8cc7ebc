import Foundation
import Pipeline

/// What rank 0 knows of a study and of all ranks.
struct RankedState {
    /// One rank.
    struct Rank {
        var host = ""
        /// What it makes.
        var unit: StudyUnit?
        var progress: RankProgress?
        /// Whether it waits for an order.
        var isIdle = false
        /// Whether it makes the unit of rank 0 together with it.
        var isJoining = false
        /// When it was heard last.
        var heard = ContinuousClock.now
    }

    private let units: [StudyUnit]
    private(set) var schedule: StudySchedule
    private(set) var ranks: [Rank]
    /// Why the study has failed; nothing is begun any more.
    private(set) var failure: RankFailure?
    /// Whether nothing is to be begun any more.
    var isStopping = false
    /// Ranks that have not been told yet that they make a unit together with rank 0.
    private var joining: [(rank: Int, unit: StudyUnit)] = []
    /// What has happened and was not told yet.
    private var events: [RankedStudy.Event] = []

    /// A study that nobody works on yet.
    init(_ units: [StudyUnit], ranks: Int) {
        self.units = units
        schedule = StudySchedule(units)
        self.ranks = Array(repeating: Rank(), count: ranks)
        self.ranks[0].host = ProcessInfo.processInfo.hostName
    }

    /// Whether the ranks should come to a border.
    var isEnding: Bool { isStopping || failure != nil }

    /// Whether nobody does anything any more, and nobody will.
    var isOver: Bool { schedule.isDone || (isEnding && !schedule.isBusy) }

    /// Gives a rank its next unit; nil when none is ready.
    ///
    /// One that all make together is rank 0's, and begins when nobody does anything else.
    mutating func begin(_ rank: Int) -> StudyUnit? {
        guard !isEnding else { return nil }
        let isTogether = schedule.upcoming?.isTogether ?? false
        if isTogether {
            guard rank == 0, ranks.dropFirst().allSatisfy(\.isIdle) else { return nil }
        }
        guard let unit = schedule.next() else { return nil }
        give(unit, to: rank)
        events.append(.started(rank: rank, unit: unit))
        guard isTogether else { return unit }
        for other in ranks.indices.dropFirst() {
            give(unit, to: other)
            ranks[other].isJoining = true
            joining.append((other, unit))
        }
        return unit
    }

    private mutating func give(_ unit: StudyUnit, to rank: Int) {
        ranks[rank].unit = unit
        ranks[rank].progress = RankProgress(unit: unit.number)
        ranks[rank].isIdle = false
    }

    /// Gives every rank that waits its next unit.
    mutating func beginIdle() -> [(rank: Int, unit: StudyUnit)] {
        ranks.indices.dropFirst().filter { ranks[$0].isIdle }.compactMap { rank in
            begin(rank).map { (rank, $0) }
        }
    }

    /// The ranks that are to make a unit together with rank 0, once.
    mutating func takeJoining() -> [(rank: Int, unit: StudyUnit)] {
        defer { joining = [] }
        return joining
    }

    /// Notes how far a rank is.
    mutating func note(_ progress: RankProgress, of rank: Int) { ranks[rank].progress = progress }

    /// Notes that a rank has made its unit, or has come to a border within it.
    mutating func end(_ rank: Int, isComplete: Bool, seconds: Double) {
        guard let unit = ranks[rank].unit else { return }
        ranks[rank].unit = nil
        ranks[rank].progress = nil
        if ranks[rank].isJoining {
            // What becomes of the unit is rank 0's to say.
            ranks[rank].isJoining = false
            return
        }
        guard isComplete else { return schedule.giveBack(unit.number) }
        schedule.finish(unit.number)
        events.append(
            .finished(
                rank: rank,
                unit: unit,
                seconds: seconds,
                done: schedule.finishedCount,
                of: units.count
            )
        )
    }

    /// Notes that a rank cannot make its unit.
    mutating func fail(_ rank: Int, _ reason: String) {
        let unit = ranks[rank].unit
        end(rank, isComplete: false, seconds: 0)
        failure =
            failure
            ?? RankFailure(
                rank: rank,
                host: ranks[rank].host,
                unit: unit?.name ?? "",
                reason: reason
            )
    }

    /// Notes what a rank says.
    mutating func take(_ report: RankReport, of rank: Int) {
        ranks[rank].heard = .now
        switch report {
        case .ready(let host):
            ranks[rank].host = host
            ranks[rank].isIdle = true
        case .alive(let progress):
            // It may have been sent before the end of a unit was told.
            if let progress, progress.unit == ranks[rank].unit?.number { note(progress, of: rank) }
        case .finished(_, let seconds):
            end(rank, isComplete: true, seconds: seconds)
            ranks[rank].isIdle = true
        case .left:
            end(rank, isComplete: false, seconds: 0)
            ranks[rank].isIdle = true
        case .stopped:
            end(rank, isComplete: false, seconds: 0)
            // It was stopped by a signal of its own, and will not begin anything.
            isStopping = true
        case .failed(_, let reason): fail(rank, reason)
        }
    }

    /// A rank that was not heard for too long; nil when all were.
    func silent(for patience: Duration) -> RankFailure? {
        ranks.indices.dropFirst().first { ranks[$0].heard.duration(to: .now) > patience }
            .map { rank in
                RankFailure(
                    rank: rank,
                    host: ranks[rank].host.isEmpty ? "a machine unknown" : ranks[rank].host,
                    unit: ranks[rank].unit?.name ?? "waiting",
                    reason: "it has not answered for \(patience.components.seconds) s"
                )
            }
    }

    /// What has happened since this was asked last.
    mutating func takeEvents() -> [RankedStudy.Event] {
        defer { events = [] }
        return events
    }

    /// What every rank does.
    var progress: RankedStudy.Event {
        .progress(
            ranks.map { rank in
                rank.unit.flatMap { unit in rank.progress.map { (unit.name, $0) } }
            },
            remaining: schedule.remainingCost
        )
    }
}
