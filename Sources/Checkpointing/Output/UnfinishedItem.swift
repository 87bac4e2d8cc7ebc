import Foundation
import Synchronization

/// A file or folder that must not outlive the process unless it is finished.
///
/// Who makes something temporary holds one. A process that has to leave at once, from another
/// thread than the one that works, removes what is unfinished then (`leave`).
package final class UnfinishedItem: Sendable {
    private struct State {
        var next = 0
        var paths: [Int: String] = [:]
        var finished: [String] = []
    }

    private static let state = Mutex(State())

    private let number: Int
    /// Where it is.
    package let path: String

    /// Announces something that is about to be made.
    package init(at path: String) {
        self.path = path
        number = Self.state.withLock { state in
            state.next += 1
            state.paths[state.next] = path
            return state.next
        }
    }

    /// Announces something that is about to be made.
    package convenience init(at url: URL) { self.init(at: url.path(percentEncoded: false)) }

    /// Removes it; nothing happens when it is not there.
    package func remove() {
        // Announced until it is gone: a folder of many gigabytes takes its time.
        try? FileManager.default.removeItem(atPath: path)
        forget()
    }

    /// It is finished, or other code has removed it.
    package func forget() { Self.state.withLock { state in state.paths[number] = nil } }

    /// Gives the finished thing its name.
    ///
    /// Nobody removes what is unfinished meanwhile, so that no half-removed folder gets a name.
    ///
    /// - Parameters:
    ///   - target: The name.
    ///   - rename: Gives it.
    /// - Returns: What `rename` gives.
    /// - Throws: What `rename` throws.
    func finish<Outcome>(as target: String, _ rename: () throws -> Outcome) rethrows -> Outcome {
        try Self.state.withLock { state in
            let outcome = try rename()
            // What is temporary, or lies inside of it, is not to be shown as finished.
            let isTemporary = state.paths.values.contains {
                target == $0 || target.hasPrefix($0 + "/")
            }
            if !isTemporary {
                state.finished.append(target)
            }
            return outcome
        }
    }

    /// Removes everything unfinished and ends the process; nothing is finished any more meanwhile.
    ///
    /// - Parameter end: Ends the process; gets the paths of what this process has finished.
    package static func leave(_ end: (_ finished: [String]) -> Never) -> Never {
        state.withLock { state -> Never in
            // Twice: a thread that still writes into a folder may make a file behind the first
            // time.
            for path in Array(state.paths.values) + Array(state.paths.values) {
                try? FileManager.default.removeItem(atPath: path)
            }
            // The lock is held until the process is gone.
            end(state.finished)
        }
    }
}
