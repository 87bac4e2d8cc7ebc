/// Memory for a part of the left operand of a product whose own place is unfortunate.
///
/// Caches put lines that are a multiple of 4 KB apart into the same few places. Where consecutive
/// rows are such a distance apart, the rows of a tile drive each other out of the cache, again for
/// every panel; a copy with other distances is made once and read many times.
final class StridedCopy {
    private let buffer: FloatBuffer
    private let rowLimit: Int
    private let depthLimit: Int

    /// Bytes between lines that meet in one place: the nearest cache of every x86 processor has
    /// 64 places of 64 bytes.
    private static let meetingBytes = 4096

    /// - Parameters:
    ///   - rows: The most rows of a part.
    ///   - depth: The most columns of a part.
    init(rows: Int, depth: Int) {
        rowLimit = rows
        depthLimit = depth
        buffer = FloatBuffer(
            count: max(rows * Self.spaced(depth), depth * Self.spaced(rows))
        )
    }

    /// A stride of some lines more than needed, so that rows do not meet.
    private static func spaced(_ count: Int) -> Int { paddedToLanes(count) + laneCount }

    /// The part itself where its place is good, a copy of it otherwise.
    ///
    /// The copy is valid until the next call.
    func nearer(_ left: TileProduct.Left, rows: Int, depth: Int) -> TileProduct.Left {
        precondition(
            rows <= rowLimit && depth <= depthLimit,
            "a part of [\(rows), \(depth)] for room of [\(rowLimit), \(depthLimit)]"
        )
        let isRowMajor = left.depthStride == 1
        let stride = isRowMajor ? left.rowStride : left.depthStride
        guard stride * 4 % Self.meetingBytes == 0, isRowMajor || left.rowStride == 1 else {
            return left
        }
        let (count, length) = isRowMajor ? (rows, depth) : (depth, rows)
        let spaced = Self.spaced(length)
        let target = buffer.view.base
        for line in 0..<count {
            (target + line * spaced).update(from: left.base + line * stride, count: length)
        }
        return TileProduct.Left(
            base: UnsafePointer(target),
            rowStride: isRowMajor ? spaced : 1,
            depthStride: isRowMajor ? 1 : spaced
        )
    }
}
