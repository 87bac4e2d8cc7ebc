/// A copy in bfloat16 of a buffer of parameters, rounded again when the parameters have changed.
///
/// All threads read one copy; views on the original find their rounded twin in it.
package final class BFloat16Copy: @unchecked Sendable {
    private let source: FloatView
    private let buffer: BFloat16Buffer

    /// Elements that one piece of work rounds.
    private static let run = 1 << 16

    /// Makes room for a copy; `refresh` fills it.
    ///
    /// - Parameter source: The parameters; their owner must outlive the copy.
    package init(of source: FloatView) {
        self.source = source
        buffer = BFloat16Buffer(count: source.count)
    }

    /// The number of bytes.
    package var byteCount: Int { buffer.byteCount }

    /// Rounds all parameters.
    package func refresh(on pool: WorkerPool) {
        let pieces = (source.count + Self.run - 1) / Self.run
        pool.performPrepared(count: pieces) { [self] in refreshPiece($0) }
    }

    private func refreshPiece(_ piece: Int) {
        let start = piece * Self.run
        buffer.round(source[start..<min(start + Self.run, source.count)], at: start)
    }

    /// The rounded twin of a matrix, or nil when the matrix lies elsewhere.
    func twin(of matrix: MatrixView) -> UnsafePointer<UInt16>? {
        let offset = matrix.base - source.base
        let last = offset + max(matrix.rows - 1, 0) * matrix.rowStride + matrix.columns
        guard offset >= 0, last <= source.count else { return nil }
        return UnsafePointer(buffer.base + offset)
    }
}
