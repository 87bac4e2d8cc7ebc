import Kernels

/// The threads of a merge, and the length of the parts of a tensor that they work on: short enough
/// whatever the tensor's size to stay in the cache between reading, arithmetic and writing.
package final class MergeWorkspace: Sendable {
    /// Elements of a part, a multiple of the blocks of arithmetic; less where a tensor ends.
    static let partLength = 8 * ElementBlock.length

    /// The threads.
    package let pool: WorkerPool

    /// Describes threads, which start when there is work for them.
    ///
    /// - Parameter threadCount: How many work, the caller's included.
    package init(threadCount: Int) { pool = WorkerPool(threadCount: threadCount) }

    /// The length of parts of a tensor, of whole rows where that is asked for.
    static func partLength(ofRows rowLength: Int?) -> Int {
        guard let rowLength, rowLength > 0 else { return partLength }
        return max(1, partLength / rowLength) * rowLength
    }
}
