import COneDNN

/// Matrix products with operands in bfloat16 and sums in single precision, through oneDNN: the one
/// file that calls it.
final class BFloat16Product {
    private let weights: BFloat16Copy?
    private let buffer: FloatBuffer
    private let capacity: Int

    /// - Parameters:
    ///   - weights: The rounded twins of the weights; nil when all weights are in bfloat16.
    ///   - capacity: The most elements of an operand that has no twin.
    init(weights: BFloat16Copy?, capacity: Int) {
        self.weights = weights
        // Each part begins on a border of 64 bytes, and two halves take the room of one float.
        self.capacity = (capacity + 31) & ~31
        buffer = FloatBuffer(count: self.capacity)
    }

    /// C = A' B', or C += A' B', where a prime transposes when asked to.
    func multiply(
        _ a: MatrixView,
        transposed transposeA: Bool,
        _ b: WeightMatrix,
        transposed transposeB: Bool,
        into c: MatrixView,
        accumulate: Bool
    ) {
        let left = rounded(a, place: 0)
        let right =
            switch b {
            case .single(let matrix): rounded(matrix, place: 1)
            case .half(let matrix): (base: matrix.base, stride: matrix.rowStride)
            }
        // The operands cover rows × stride elements each, which views and `rounded` guarantee.
        let status = onednn_bfloat16_product(
            transposeA ? 1 : 0,
            transposeB ? 1 : 0,
            Int64(c.rows),
            Int64(c.columns),
            Int64(transposeA ? a.rows : a.columns),
            left.base,
            Int64(left.stride),
            right.base,
            Int64(right.stride),
            accumulate ? 1 : 0,
            c.base,
            Int64(c.rowStride)
        )
        precondition(status == 0, "oneDNN refused a product: status \(status)")
    }

    /// The twin of a weight, or a rounded copy without gaps in one of two places.
    private func rounded(
        _ matrix: MatrixView,
        place: Int
    ) -> (base: UnsafePointer<UInt16>, stride: Int) {
        if let twin = weights?.twin(of: matrix) { return (twin, matrix.rowStride) }
        precondition(
            matrix.rows * matrix.columns <= capacity,
            "an operand of \(matrix.shapeText) for room of \(capacity)"
        )
        let target = UnsafeMutableRawPointer(buffer.view.base + place * capacity / 2)
            .assumingMemoryBound(to: UInt16.self)
        if matrix.rowStride == matrix.columns {
            BFloat16Rounding.round(
                matrix.base,
                into: target,
                count: matrix.rows * matrix.columns
            )
        } else {
            for row in 0..<matrix.rows {
                BFloat16Rounding.round(
                    matrix.base + row * matrix.rowStride,
                    into: target + row * matrix.columns,
                    count: matrix.columns
                )
            }
        }
        return (UnsafePointer(target), matrix.columns)
    }
}
