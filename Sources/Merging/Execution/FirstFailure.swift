import Synchronization

/// The first error of work that several threads share.
final class FirstFailure: Sendable {
    private let error = Mutex<(any Error)?>(nil)

    /// Does a piece of work, unless one has failed.
    func record(_ work: () throws -> Void) {
        guard error.withLock({ $0 == nil }) else { return }
        do { try work() } catch {
            self.error.withLock { first in
                if first == nil { first = error }
            }
        }
    }

    /// Throws the error that was met first, if any was.
    func rethrow() throws {
        if let error = error.withLock({ $0 }) { throw error }
    }
}
