import Foundations
import Kernels
import Synchronization

/// The packed weights and the threads of a scorer or a generator, which work for one caller at a
/// time.
///
/// A second caller waits. One that asks from inside its own work would wait for ever.
final class ModelRunner: Sendable {
    /// The shape of the model.
    let configuration: ModelConfiguration

    private struct Parts: Sendable {
        let inference: InferenceModel
        let pool: WorkerPool
    }

    /// What computes, or why nothing can: those who make a runner do not throw, and its first call
    /// does.
    private let parts: Result<Parts, any Error>
    private let turn = Mutex(())

    /// Copies the weights of a model; later changes of the model are not seen.
    ///
    /// - Parameters:
    ///   - model: The model.
    ///   - threadCount: How many threads compute; as many as this process may use when nil.
    ///   - halves: Which weights are kept in bfloat16.
    init(
        _ model: TransformerModel,
        threadCount: Int?,
        halves: PackedMatrix.Halves = .whenExact
    ) {
        configuration = model.configuration
        parts = Result {
            try model.configuration.check()
            let threads = threadCount ?? Processor.current.coreCount
            guard threads >= 1 else {
                throw OptionError("'threadCount' is \(threads); expected 1 or more")
            }
            let pool = WorkerPool(threadCount: threads)
            return Parts(inference: InferenceModel(model, halves: halves, pool: pool), pool: pool)
        }
    }

    /// Waits until nobody else computes, then does some work.
    ///
    /// - Throws: `OptionError` for a model or a number of threads that cannot compute, and what
    ///   `work` throws.
    func perform<Outcome: Sendable>(
        _ work: (InferenceModel, WorkerPool) throws -> Outcome
    ) throws -> Outcome {
        let parts = try parts.get()
        return try turn.withLock { _ in try work(parts.inference, parts.pool) }
    }
}
