import COpenBLAS

/// Linear algebra through BLAS and LAPACK: the one file that calls them.
///
/// Everything is row-major. The library runs on the calling thread alone, so that no result depends
/// on the number of threads.
enum LinearAlgebra {
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

    /// A' B' in double precision, where a prime transposes when asked to.
    ///
    /// - Precondition: The inner sizes are equal.
    static func product(
        _ a: DenseMatrix,
        transposed transposeA: Bool,
        _ b: DenseMatrix,
        transposed transposeB: Bool
    ) -> DenseMatrix {
        let (rows, inner) = transposeA ? (a.columns, a.rows) : (a.rows, a.columns)
        let (depth, columns) = transposeB ? (b.columns, b.rows) : (b.rows, b.columns)
        precondition(inner == depth, "\(inner) columns by \(depth) rows")
        var result = DenseMatrix(rows: rows, columns: columns)
        guard rows > 0, columns > 0, inner > 0 else { return result }
        OpenBLAS.require()
        // Each array holds rows × columns elements, as `DenseMatrix` guarantees.
        openblas_dgemm(
            transposeA ? 1 : 0,
            transposeB ? 1 : 0,
            Int32(rows),
            Int32(columns),
            Int32(inner),
            a.elements,
            Int32(a.columns),
            b.elements,
            Int32(b.columns),
            &result.elements,
            Int32(columns)
        )
        return result
    }

    /// Adds AᵀA to the upper triangle of a square matrix.
    ///
    /// - Parameters:
    ///   - block: The rows of A one after the other; what stands behind them does not count.
    ///   - count: The rows of A.
    ///   - sum: The square matrix, as wide as A.
    static func addSquares(of block: [Double], count: Int, to sum: inout DenseMatrix) {
        let width = Int32(sum.columns)
        precondition(
            sum.rows == sum.columns && block.count >= count * sum.columns,
            "\(count) rows as wide as the sum"
        )
        guard width > 0 else { return }
        OpenBLAS.require()
        openblas_dsyrk(width, Int32(count), block, width, &sum.elements, width)
    }

    /// The eigenvalues of a symmetric matrix in rising order, of which the upper triangle is read.
    ///
    /// - Parameters:
    ///   - matrix: The matrix; overwritten, with `vectors` by the eigenvectors, one a row.
    ///   - vectors: Whether eigenvectors are wanted.
    /// - Returns: The values; nil when there are numbers that are not finite.
    static func eigenvalues(_ matrix: inout DenseMatrix, vectors: Bool) -> [Double]? {
        let size = matrix.rows
        precondition(size == matrix.columns, "a square matrix")
        guard size > 0 else { return [] }
        guard matrix.elements.allSatisfy(\.isFinite) else { return nil }
        OpenBLAS.require()
        var values = [Double](repeating: 0, count: size)
        let (job, n) = (Int32(vectors ? 1 : 0), Int32(size))
        var best = [0.0]
        _ = openblas_dsyev(job, n, &matrix.elements, n, &values, &best, -1)
        var work = [Double](repeating: 0, count: max(3 * size, Int(best[0])))
        let room = Int32(work.count)
        let failure = openblas_dsyev(job, n, &matrix.elements, n, &values, &work, room)
        return failure == 0 ? values : nil
    }

    /// Replaces the lower triangle of a symmetric matrix by its Cholesky factor L; the rest stays.
    ///
    /// - Returns: Whether the matrix is positive definite.
    static func factor(_ matrix: inout DenseMatrix) -> Bool {
        let size = matrix.rows
        precondition(size == matrix.columns, "a square matrix")
        guard size > 0 else { return true }
        OpenBLAS.require()
        guard openblas_dpotrf(Int32(size), &matrix.elements, Int32(size)) == 0 else { return false }
        // Not every kernel notices a pivot that is no number.
        return (0..<size).allSatisfy { matrix[$0, $0] > 0 && matrix[$0, $0].isFinite }
    }

    /// Solves L Lᵀ x = b for right-hand sides that stand one after the other; x overwrites b.
    static func solve(_ lower: DenseMatrix, _ values: inout [Double]) {
        let size = lower.rows
        precondition(size > 0 && values.count.isMultiple(of: size), "right-hand sides of \(size)")
        let (n, count) = (Int32(size), Int32(values.count / size))
        // It fails for wrong sizes alone, which the precondition excludes.
        _ = openblas_dpotrs(n, count, lower.elements, n, &values, n)
    }
}
