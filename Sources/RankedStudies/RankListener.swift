import Foundation
import Synchronization

/// Repeats a piece of work on its own thread until it is ended or fails.
final class RankListener: Sendable {
    private struct State {
        var isEnding = false
        var failure: (any Error)?
    }

    private let state = Mutex(State())
    private let ended = DispatchSemaphore(value: 0)

    /// Begins.
    ///
    /// - Parameter round: What is done; it should sleep when there is nothing to do.
    init(_ round: @escaping @Sendable () throws -> Void) {
        Thread.detachNewThread { [self] in
            defer { ended.signal() }
            do {
                while !state.withLock({ $0.isEnding }) { try round() }
            } catch {
                state.withLock { $0.failure = error }
            }
        }
    }

    /// Throws what the thread has failed with.
    func check() throws {
        if let failure = state.withLock({ $0.failure }) { throw failure }
    }

    /// Ends the thread, and waits for its end.
    func end() {
        state.withLock { $0.isEnding = true }
        ended.wait()
    }
}
