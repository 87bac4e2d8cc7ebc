import Checkpointing
import Foundation
import Foundations
import Ranks
import Recipes
import Synchronization

/// What a rank other than 0 does: it makes the units that rank 0 orders, until there are no more.
package final class RankWorker: Sendable {
    /// What orders have said and work has told, for both threads.
    private struct State {
        var orders: [UnitOrder] = []
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
            guard let order else {
                usleep(RankLink.pause)
                continue
            }
            do {
                let known =
                    try maker ?? UnitMaker(cells: StudyRunner.cells(of: loaded()), options: options)
                maker = known
                try link.report(make(order, with: known, follow, shouldStop))
            } catch let failure as RankGroup.Failure {
                throw failure
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

    /// Takes an order, or says from time to time that the rank is alive.
    private func listen() throws {
        if let order = try link.nextOrder() {
            state.withLock { state in
                switch order {
                case .make(let unit): state.orders.append(unit)
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
