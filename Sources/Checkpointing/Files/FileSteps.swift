import Foundation
import Synchronization

/// Looks at each change of the file system before it is made.
///
/// A process can be killed between any two of them. A test that throws at one of them, and at all
/// that follow, leaves just what a kill would have left.
package enum FileSteps {
    private final class Watcher {
        let look: (String) throws -> Void
        init(_ look: @escaping (String) throws -> Void) { self.look = look }
    }

    private static let key = "LayerSwap.FileSteps"
    /// How many threads are watched, so that others need not look for a watcher.
    private static let watched = Atomic<Int>(0)

    /// Does something while every change that this thread makes is looked at.
    ///
    /// - Parameters:
    ///   - look: Called with the operation and its path; what it throws keeps it from being done.
    ///   - body: What is done.
    /// - Throws: What `body` throws.
    package static func watching(
        _ look: @escaping (String) throws -> Void,
        _ body: () throws -> Void
    ) throws {
        let thread = Thread.current.threadDictionary
        thread[key] = Watcher(look)
        watched.add(1, ordering: .relaxed)
        defer {
            watched.subtract(1, ordering: .relaxed)
            thread.removeObject(forKey: key)
        }
        try body()
    }

    /// Announces an operation.
    static func next(_ operation: String, _ path: String) throws {
        guard watched.load(ordering: .relaxed) > 0,
            let watcher = Thread.current.threadDictionary[key] as? Watcher
        else { return }
        try watcher.look("\(operation) \(path)")
    }
}
