/// Products of small matrices, and of any matrix with a packed weight, in tiles of registers.
///
/// C (+)= A · B where B and C are rows of whole lanes. An element of C is one chain of fused
/// multiply-adds over the depth in rising order, whatever tile it falls into: the result for a row
/// does not depend on which rows stand beside it. Evaluation builds on that.
enum TileProduct {
    /// The left operand: element (i, k) lies at `base + i * rowStride + k * depthStride`.
    struct Left {
        let base: UnsafePointer<Float>
        let rowStride: Int
        let depthStride: Int
    }

    /// C[rows × 16·columnLanes] (+)= A[rows × depth] · B[depth × 16·columnLanes].
    ///
    /// - Parameters:
    ///   - left: A.
    ///   - right: B.
    ///   - rightStride: The distance from one row of B to the next.
    ///   - output: C.
    ///   - outputStride: The distance from one row of C to the next.
    ///   - rows: The rows of A and C.
    ///   - columnLanes: The columns of B and C, in lanes of 16.
    ///   - depth: The columns of A and rows of B.
    ///   - accumulate: Whether C is added to.
    @inline(__always)
    static func multiply(
        left: Left,
        right: UnsafePointer<Float>,
        rightStride: Int,
        output: UnsafeMutablePointer<Float>,
        outputStride: Int,
        rows: Int,
        columnLanes: Int,
        depth: Int,
        accumulate: Bool
    ) {
        var column = 0
        while column < columnLanes {
            let pair = column + 2 <= columnLanes
            let b = right + column * laneCount
            let c = output + column * laneCount
            var row = 0
            while row < rows {
                let a = Left(
                    base: left.base + row * left.rowStride,
                    rowStride: left.rowStride,
                    depthStride: left.depthStride
                )
                let cRow = c + row * outputStride
                let remaining = rows - row
                if remaining >= 8 {
                    if pair {
                        tile8x2(a, b, rightStride, cRow, outputStride, depth, accumulate)
                    } else {
                        tile8x1(a, b, rightStride, cRow, outputStride, depth, accumulate)
                    }
                    row += 8
                } else if remaining >= 4 {
                    if pair {
                        tile4x2(a, b, rightStride, cRow, outputStride, depth, accumulate)
                    } else {
                        tile4x1(a, b, rightStride, cRow, outputStride, depth, accumulate)
                    }
                    row += 4
                } else {
                    if pair {
                        tile1x2(a, b, rightStride, cRow, depth, accumulate)
                    } else {
                        tile1x1(a, b, rightStride, cRow, depth, accumulate)
                    }
                    row += 1
                }
            }
            column += pair ? 2 : 1
        }
    }
}
