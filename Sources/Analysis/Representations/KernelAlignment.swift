import Kernels

/// Linear centred kernel alignment of two sets of vectors (Kornblith et al., 2019), with the
/// unbiased estimator of HSIC (Song et al., 2012; Nguyen et al., 2021).
///
/// With K and L the products of the vectors with each other and zero diagonals, n vectors each:
///
///     HSIC(K, L) = (Σ_ij K_ij L_ij + ΣK ΣL / ((n−1)(n−2)) − 2/(n−2) Σ_i K_i· L_i·) / (n (n−3))
///     CKA        = HSIC(K, L) / √(HSIC(K, K) HSIC(L, L))
///
/// The plain estimator is near 1 for unrelated vectors as soon as they are as wide as they are
/// many; this one is near 0.
struct KernelAlignment {
    private let first: DenseMatrix
    private let second: DenseMatrix

    /// - Parameters:
    ///   - first: ⟨x_i, x_j⟩.
    ///   - second: ⟨y_i, y_j⟩ in the same order.
    init(_ first: DenseMatrix, _ second: DenseMatrix) {
        precondition(first.rows == second.rows && first.rows > 3, "four vectors or more")
        self.first = first
        self.second = second
    }

    /// The alignment when vector i of the first set belongs to vector `order[i]` of the second.
    func value(order: [Int]? = nil) -> Double {
        let other = order.map(second.part) ?? second
        return Self.ratio(first, other)
    }

    /// The alignment without some of the vectors.
    func value(without left: Range<Int>) -> Double {
        let kept = (0..<first.rows).filter { !left.contains($0) }
        return Self.ratio(first.part(kept), second.part(kept))
    }

    private static func ratio(_ k: DenseMatrix, _ l: DenseMatrix) -> Double {
        let scale = (independence(k, k) * independence(l, l)).squareRoot()
        guard scale > 0, scale.isFinite else { return 0 }
        return independence(k, l) / scale
    }

    private static func independence(_ k: DenseMatrix, _ l: DenseMatrix) -> Double {
        let size = k.rows
        let n = Double(size)
        var products = 0.0
        var rowProducts = 0.0
        var (sumK, sumL) = (0.0, 0.0)
        for row in 0..<size {
            var (rowK, rowL) = (0.0, 0.0)
            for column in 0..<size where column != row {
                products += k[row, column] * l[row, column]
                rowK += k[row, column]
                rowL += l[row, column]
            }
            rowProducts += rowK * rowL
            sumK += rowK
            sumL += rowL
        }
        return (products + sumK * sumL / ((n - 1) * (n - 2)) - 2 / (n - 2) * rowProducts)
            / (n * (n - 3))
    }
}
