import Synchronization

extension WorkerPool {
    /// Does pieces 0 ..< `count`, which may fail.
    ///
    /// Pieces above one that failed may not be done.
    ///
    /// - Parameters:
    ///   - count: The number of pieces.
    ///   - body: Does one piece; pieces of different workers run at the same time.
    /// - Throws: The error of the lowest piece that fails, whatever the number of threads.
    package func performThrowing<Failure: Error>(
        count: Int,
        _ body: (Int) throws(Failure) -> Void
    ) throws(Failure) {
        let failure = Mutex<(piece: Int, error: Failure)?>(nil)
        perform(count: count) { piece in
            guard failure.withLock({ $0.map { piece < $0.piece } ?? true }) else { return }
            do throws(Failure) { try body(piece) } catch {
                failure.withLock { first in
                    if first.map({ piece < $0.piece }) ?? true { first = (piece, error) }
                }
            }
        }
        if let error = failure.withLock({ $0?.error }) { throw error }
    }
}
