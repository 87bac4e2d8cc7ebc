/// Small dense symmetric matrices, row by row.
enum SymmetricMatrix {
    /// Ones on the diagonal.
    static func identity(_ count: Int) -> [[Double]] {
        (0..<count).map { row in (0..<count).map { $0 == row ? 1 : 0 } }
    }

    /// M v.
    static func product(_ matrix: [[Double]], _ vector: [Double]) -> [Double] {
        matrix.map { row in zip(row, vector).reduce(0) { $0 + $1.0 * $1.1 } }
    }

    /// Mᵀ v.
    static func productOfTransposed(_ matrix: [[Double]], _ vector: [Double]) -> [Double] {
        vector.indices.map { column in
            matrix.indices.reduce(0) { $0 + matrix[$1][column] * vector[$1] }
        }
    }

    /// The eigenvectors, as columns, and the roots of the eigenvalues, by turning pairs of axes until
    /// nothing is left beside the diagonal (Jacobi, 1846).
    ///
    /// An eigenvalue that rounding has brought to zero or below counts as the smallest positive one
    /// that is of use, 1e-20.
    static func eigen(_ matrix: [[Double]]) -> (vectors: [[Double]], lengths: [Double]) {
        var a = matrix
        var vectors = identity(matrix.count)
        let count = matrix.count
        // Convergence is quadratic; a dozen rounds are many.
        for _ in 0..<50 {
            var rest = 0.0
            for i in 0..<count { for j in 0..<i { rest += a[i][j] * a[i][j] } }
            if rest < 1e-30 { break }
            for p in 0..<count {
                for q in (p + 1)..<max(p + 1, count) where a[p][q] != 0 {
                    rotate(&a, &vectors, p, q)
                }
            }
        }
        return (vectors, (0..<count).map { max(a[$0][$0], 1e-20).squareRoot() })
    }

    private static func rotate(
        _ a: inout [[Double]],
        _ vectors: inout [[Double]],
        _ p: Int,
        _ q: Int
    ) {
        let theta = (a[q][q] - a[p][p]) / (2 * a[p][q])
        let sign = theta < 0 ? -1.0 : 1
        let tangent = sign / (abs(theta) + (theta * theta + 1).squareRoot())
        let cosine = 1 / (tangent * tangent + 1).squareRoot()
        let sine = tangent * cosine
        for k in a.indices {
            let (kp, kq) = (a[k][p], a[k][q])
            a[k][p] = cosine * kp - sine * kq
            a[k][q] = sine * kp + cosine * kq
        }
        for k in a.indices {
            let (pk, qk) = (a[p][k], a[q][k])
            a[p][k] = cosine * pk - sine * qk
            a[q][k] = sine * pk + cosine * qk
        }
        for k in a.indices {
            let (kp, kq) = (vectors[k][p], vectors[k][q])
            vectors[k][p] = cosine * kp - sine * kq
            vectors[k][q] = sine * kp + cosine * kq
        }
    }
}
