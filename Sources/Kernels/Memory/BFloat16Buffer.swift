import Foundation

/// Numbers in bfloat16 that it owns: half of the bytes of floats, read as floats exactly.
package final class BFloat16Buffer: @unchecked Sendable {
    /// The number of elements.
    package let count: Int

    private let buffer: FloatBuffer
    let base: UnsafeMutablePointer<UInt16>

    /// Allocates `count` zeros.
    package init(count: Int) {
        self.count = count
        // Two halves take the room of one float.
        buffer = FloatBuffer(count: (count + 1) / 2)
        base = UnsafeMutableRawPointer(buffer.view.base)
            .bindMemory(to: UInt16.self, capacity: count)
    }

    /// The number of bytes.
    package var byteCount: Int { 2 * count }

    /// Consecutive elements as a matrix without gaps between its rows; this buffer must outlive it.
    package func matrix(_ range: Range<Int>, rows: Int, columns: Int) -> BFloat16Matrix {
        precondition(
            range.lowerBound >= 0 && range.upperBound <= count && range.count == rows * columns,
            "elements \(range) of \(count) are not a \(rows) by \(columns) matrix"
        )
        return BFloat16Matrix(
            base: UnsafePointer(base + range.lowerBound),
            rows: rows,
            columns: columns,
            rowStride: columns
        )
    }

    /// Rounds floats to nearest even and stores them from an element on.
    package func round(_ floats: FloatView, at start: Int) {
        precondition(start >= 0 && start + floats.count <= count, "\(floats.count) at \(start)")
        BFloat16Rounding.round(floats.base, into: base + start, count: floats.count)
    }

    /// Reads elements as floats.
    package func expand(_ range: Range<Int>, into floats: FloatView) {
        precondition(
            range.lowerBound >= 0 && range.upperBound <= count && range.count == floats.count,
            "elements \(range) of \(count) into \(floats.count)"
        )
        expandBFloat16(base + range.lowerBound, into: floats.base, count: range.count)
    }

    /// The place in a range of the first element that is infinite or NaN, or nil when all are
    /// finite.
    package func firstNotFinite(in range: Range<Int>) -> Int? {
        precondition(range.lowerBound >= 0 && range.upperBound <= count, "\(range) of \(count)")
        let start = base + range.lowerBound
        // Without a way out in the middle the loop runs in whole lanes.
        var found = false
        for i in 0..<range.count { found = found || start[i] & 0x7f80 == 0x7f80 }
        return found ? (0..<range.count).first { start[$0] & 0x7f80 == 0x7f80 } : nil
    }

    /// Copies elements that are stored as bfloat16 already.
    package func copy(from bytes: UnsafeRawBufferPointer, at start: Int) {
        precondition(start >= 0 && start + bytes.count / 2 <= count, "\(bytes.count) at \(start)")
        guard let source = bytes.baseAddress else { return }
        memcpy(base + start, source, bytes.count / 2 * 2)
    }
}
