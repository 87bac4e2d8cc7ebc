import Dispatch

/// Runs the work of one workshop on a thread of its own, one piece after another.
///
/// Decoding blocks for a tenth of a second at a time. The threads that Swift shares between all
/// tasks are as many as the processor has cores, and the server answers on them.
final class WorkshopExecutor: SerialExecutor {
    private let queue = DispatchQueue(label: "layerswap.studio.workshop")

    func enqueue(_ job: consuming ExecutorJob) {
        let job = UnownedJob(job)
        queue.async { job.runSynchronously(on: self.asUnownedSerialExecutor()) }
    }

    func asUnownedSerialExecutor() -> UnownedSerialExecutor {
        UnownedSerialExecutor(ordinary: self)
    }
}
