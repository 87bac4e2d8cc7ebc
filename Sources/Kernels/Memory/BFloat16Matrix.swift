import CProcessor

/// A row-major matrix of numbers in bfloat16 that it does not own and never writes.
///
/// Element (i, j) lies at `i * rowStride + j`. A number in bfloat16 is the upper half of a `Float`,
/// so that reading one as `Float` is exact.
package struct BFloat16Matrix: @unchecked Sendable, BitwiseCopyable {
    let base: UnsafePointer<UInt16>

    /// The number of rows.
    package let rows: Int
    /// The number of columns.
    package let columns: Int
    /// The distance in elements from one row to the next, at least `columns`.
    package let rowStride: Int

    /// A part of the rows; the range is checked.
    package func rows(_ range: Range<Int>) -> BFloat16Matrix {
        precondition(
            range.lowerBound >= 0 && range.upperBound <= rows,
            "rows \(range) are outside 0..<\(rows)"
        )
        return BFloat16Matrix(
            base: base + range.lowerBound * rowStride,
            rows: range.count,
            columns: columns,
            rowStride: rowStride
        )
    }

    /// Writes one row as floats.
    package func expandRow(_ row: Int, into floats: FloatView) {
        precondition(row >= 0 && row < rows && floats.count == columns, "row \(row) of \(rows)")
        expandBFloat16(base + row * rowStride, into: floats.base, count: columns)
    }
}

/// Reads sixteen numbers in bfloat16 as floats; `pointer` needs no alignment.
@inline(__always)
func loadBFloat16(_ pointer: UnsafePointer<UInt16>) -> Lanes {
    processor_expand_bfloat16(
        UnsafeRawPointer(pointer).loadUnaligned(as: SIMD16<UInt16>.self)
    )
}

/// Writes `count` consecutive numbers in bfloat16 as floats.
@inline(__always)
func expandBFloat16(
    _ source: UnsafePointer<UInt16>,
    into target: UnsafeMutablePointer<Float>,
    count: Int
) {
    var i = 0
    while i + laneCount <= count {
        store(loadBFloat16(source + i), target + i)
        i += laneCount
    }
    while i < count {
        target[i] = Float(bitPattern: UInt32(source[i]) << 16)
        i += 1
    }
}
