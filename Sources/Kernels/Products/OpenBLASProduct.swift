import COpenBLAS

/// Matrix products through BLAS: the one file that calls it.
///
/// Everything is row-major.
enum OpenBLASProduct {
    /// C = A' B', or C += A' B', where a prime transposes when asked to.
    ///
    /// - Parameters:
    ///   - a: A.
    ///   - transposeA: Whether Aᵀ is meant.
    ///   - b: B.
    ///   - transposeB: Whether Bᵀ is meant.
    ///   - c: C; overwritten unless `accumulate`.
    ///   - accumulate: Whether to add to what C holds.
    static func multiply(
        _ a: MatrixView,
        transposed transposeA: Bool,
        _ b: MatrixView,
        transposed transposeB: Bool,
        into c: MatrixView,
        accumulate: Bool
    ) {
        OpenBLAS.require()
        // The pointers cover rows × stride elements each, which the views guarantee.
        openblas_sgemm(
            transposeA ? 1 : 0,
            transposeB ? 1 : 0,
            Int32(c.rows),
            Int32(c.columns),
            Int32(transposeA ? a.rows : a.columns),
            1,
            a.base,
            Int32(a.rowStride),
            b.base,
            Int32(b.rowStride),
            accumulate ? 1 : 0,
            c.base,
            Int32(c.rowStride)
        )
    }
}
