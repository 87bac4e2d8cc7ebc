import Checkpointing

/// A process that is killed after some changes of the file system: nothing is changed any more.
package final class KilledProcess {
    private struct Death: Error {}

    private let limit: Int
    private var done = 0

    /// Dies before the change with this number, from 0.
    package init(before limit: Int) { self.limit = limit }

    /// Does something as far as it gets.
    ///
    /// - Returns: Whether it was killed.
    package func run(_ body: () throws -> Void) throws -> Bool {
        do {
            try FileSteps.watching(
                { _ in
                    self.done += 1
                    if self.done > self.limit { throw Death() }
                },
                body
            )
        } catch {
            guard done > limit else { throw error }
        }
        return done > limit
    }
}
