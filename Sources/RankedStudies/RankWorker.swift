import Checkpointing
import Foundation
import Foundations
import Pipeline
import Ranks
import Recipes
import Synchronization
import Training

/// What a rank other than 0 does: it makes the units that rank 0 orders, until there are no more.
package final class RankWorker: Sendable {
    /// What orders have said and work has told, for both threads.
    private struct State {
        var orders: [(order: UnitOrder, isTogether: Bool)] = []
        var isStopping = false
        var isEnded = false
        var progress: RankProgress?
        var told = ContinuousClock.now
    }

    private let link: RankLink
    private let state = Mutex(State())

    /// How often it says that it is alive.
    private static let interval = Duration.seconds(1)

    /// A rank of a group.
    package init(_ group: RankGroup) { link = RankLink(group: group) }

    /// Works until rank 0 says that it is over.
    ///
    /// - Parameters:
    ///   - options: What is asked of the run.
    ///   - loaded: Reads the recipe, when there is something to do.
    ///   - follow: Gets the events of the units that this rank makes.
    ///   - shouldStop: Asked after every step of training and between parts of other stages.
    /// - Throws: `RankGroup.Failure`; what keeps a unit from being made is reported to rank 0.
    package func work(
        options: PipelineRunner.Options,
        _ loaded: () throws -> LoadedRecipe,
        follow: @escaping (PipelineEvent) -> Void,
        shouldStop: @escaping () -> Bool
    ) throws {
        let listener = RankListener { [self] in try listen() }
        defer { listener.end() }
        try link.report(.ready(host: ProcessInfo.processInfo.hostName))
        var maker: UnitMaker?
        while true {
            try listener.check()
            let (order, isEnded) = state.withLock { state in
                (state.orders.isEmpty ? nil : state.orders.removeFirst(), state.isEnded)
            }
            if isEnded { return }
            guard let (order, isTogether) = order else {
                usleep(RankLink.pause)
                continue
            }
            /// Reads the recipe once.
            func known() throws -> UnitMaker {
                let known =
                    try maker ?? UnitMaker(cells: StudyRunner.cells(of: loaded()), options: options)
                maker = known
                return known
            }
            do {
                if isTogether {
                    let meeting = ModelMeeting(GroupPeers(link.group) { try listener.check() })
                    try join(order, meeting, known, follow, shouldStop)
                    try link.report(.left(unit: order.unit))
                } else {
                    try link.report(make(order, with: known(), follow, shouldStop))
                }
            } catch let failure as RankGroup.Failure {
                throw failure
            } catch is PeerFailure {
                try link.report(.left(unit: order.unit))
            } catch {
                try link.report(.failed(unit: order.unit, reason: ErrorText.text(of: error)))
            }
        }
    }

    private func make(
        _ order: UnitOrder,
        with maker: UnitMaker,
        _ follow: @escaping (PipelineEvent) -> Void,
        _ shouldStop: @escaping () -> Bool
    ) throws -> RankReport {
        let start = ContinuousClock.now
        defer { state.withLock { $0.progress = nil } }
        let isComplete = try maker.make(order) { [self] event in
            follow(event)
            guard let progress = UnitMaker.progress(of: order.unit, event) else { return }
            state.withLock { $0.progress = progress }
        } shouldStop: { [self] in
            shouldStop() || state.withLock { $0.isStopping }
        }
        guard isComplete else { return .stopped(unit: order.unit) }
        return .finished(unit: order.unit, seconds: start.duration(to: .now).inSeconds)
    }

    /// Makes a unit together with rank 0, which has its inputs ready when it opens the meeting.
    private func join(
        _ order: UnitOrder,
        _ meeting: ModelMeeting,
        _ maker: () throws -> UnitMaker,
        _ follow: @escaping (PipelineEvent) -> Void,
        _ shouldStop: @escaping () -> Bool
    ) throws {
        defer { state.withLock { $0.progress = nil } }
        guard let terms = try meeting.attend() else { return }
        let runner = try meeting.agreed { try maker().runner(of: order, meeting) }
        try runner.join(order.stage, at: meeting, terms) { [self] event in
            follow(event)
            guard var progress = UnitMaker.progress(of: order.unit, event) else { return }
            // Rank 0 counts the tokens of all.
            progress.tokensPerSecond = nil
            state.withLock { $0.progress = progress }
        } shouldStop: { [self] in
            shouldStop() || state.withLock { $0.isStopping }
        }
    }

    /// Takes an order, or says from time to time that the rank is alive.
    private func listen() throws {
        if let order = try link.nextOrder() {
            state.withLock { state in
                switch order {
                case .make(let unit): state.orders.append((unit, false))
                case .join(let unit): state.orders.append((unit, true))
                case .stop: state.isStopping = true
                case .end: state.isEnded = true
                }
            }
            return
        }
        let news = state.withLock { state -> RankReport? in
            guard state.told.duration(to: .now) > Self.interval else { return nil }
            state.told = .now
            return .alive(state.progress)
        }
        if let news { try link.report(news) }
        usleep(RankLink.pause)
    }
}
