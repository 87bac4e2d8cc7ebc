import Dispatch
import Synchronization

/// Waits on the main thread for work that is asynchronous.
enum Waiting {
    /// The result of the work.
    static func result<Value: Sendable>(
        _ work: @escaping @Sendable () async throws -> Value
    ) throws -> Value {
        let outcome = Mutex<Result<Value, any Error>?>(nil)
        let ended = DispatchSemaphore(value: 0)
        Task {
            let result: Result<Value, any Error>
            do { result = .success(try await work()) } catch { result = .failure(error) }
            outcome.withLock { $0 = result }
            ended.signal()
        }
        ended.wait()
        guard let result = outcome.withLock({ $0 }) else {
            preconditionFailure("work that has ended has a result")
        }
        return try result.get()
    }
}
