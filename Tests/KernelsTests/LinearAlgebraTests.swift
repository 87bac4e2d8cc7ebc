import Kernels
import TestSupport
import Testing

@Suite("Linear algebra in double precision")
struct LinearAlgebraTests {
    private func random(_ rows: Int, _ columns: Int, seed: UInt64) -> DenseMatrix {
        let values = OwnedMatrix(rows: rows, columns: columns, seed: seed).doubles
        return DenseMatrix(rows: rows, columns: columns, values)
    }

    /// AᵀA + I, which is symmetric and positive definite.
    private func definite(_ size: Int, seed: UInt64) -> DenseMatrix {
        let factor = random(size, size, seed: seed)
        var matrix = factor.times(transposed: factor)
        for place in 0..<size { matrix[place, place] += 1 }
        return matrix
    }

    private func largest(_ values: [Double]) -> Double { values.map(abs).max() ?? 0 }

    @Test("products are those of the textbook")
    func products() {
        let a = DenseMatrix(rows: 2, columns: 3, [1, 2, 3, 4, 5, 6])
        let b = DenseMatrix(rows: 3, columns: 2, [1, 0, 2, 1, 0, 3])
        #expect(a.times(b).elements == [5, 11, 14, 23])
        #expect(a.times(transposed: a).elements == [14, 32, 32, 77])
        #expect(a.times([1, 0, -1]) == [-2, -2])
        #expect(DenseMatrix(rows: 0, columns: 3).times(b).elements.isEmpty)
    }

    @Test("a known matrix has its eigenvalues and eigenvectors, the largest component positive")
    func knownDecomposition() throws {
        let matrix = DenseMatrix(rows: 2, columns: 2, [2, 1, 1, 2])
        let found = try #require(Eigendecomposition(of: matrix))
        let half = 0.5.squareRoot()
        #expect(largest(zip(found.values, [1, 3]).map(-)) < 1e-14)
        let vectors = [half, -half, half, half]
        #expect(largest(zip(found.vectors.elements, vectors).map(-)) < 1e-14)
        let diagonal = DenseMatrix(rows: 3, columns: 3, [5, 0, 0, 0, -1, 0, 0, 0, 2])
        let sorted = try #require(Eigendecomposition(of: diagonal))
        #expect(sorted.values == [-1, 2, 5] && diagonal.eigenvalues() == [-1, 2, 5])
        #expect(sorted.vectors.elements == [0, 1, 0, 0, 0, 1, 1, 0, 0])
    }

    @Test("V Λ Vᵀ is the matrix again, and V is orthogonal", arguments: [1, 2, 7, 40])
    func residual(size: Int) throws {
        let matrix = definite(size, seed: UInt64(size))
        let found = try #require(Eigendecomposition(of: matrix))
        #expect(found.values == found.values.sorted())
        let scale = largest(matrix.elements)
        let again = found.applying { $0 }
        #expect(largest(zip(again.elements, matrix.elements).map(-)) < 1e-12 * scale)
        let unit = found.vectors.times(transposed: found.vectors)
        let identity = DenseMatrix.identity(size)
        #expect(largest(zip(unit.elements, identity.elements).map(-)) < 1e-12)
        for row in 0..<size {
            let vector = (0..<size).map { found.vectors[row, $0] }
            #expect(vector.max() ?? 0 >= largest(vector) * (1 - 1e-9))
        }
        let root = found.applying { $0.squareRoot() }
        #expect(largest(zip(root.times(root).elements, matrix.elements).map(-)) < 1e-12 * scale)
    }

    @Test("numbers that are not finite have no decomposition", arguments: [Double.nan, .infinity])
    func notFinite(value: Double) {
        var matrix = definite(4, seed: 1)
        matrix[1, 2] = value
        matrix[2, 1] = value
        #expect(Eigendecomposition(of: matrix) == nil && matrix.eigenvalues() == nil)
        #expect(CholeskyFactorization(of: matrix) == nil)
    }

    @Test("a system is solved, for one right-hand side and for several", arguments: [1, 3, 50])
    func solve(size: Int) throws {
        let matrix = definite(size, seed: 9)
        let expected = random(3, size, seed: 4)
        var values = expected.times(matrix).elements
        let factor = try #require(CholeskyFactorization(of: matrix))
        factor.solve(&values)
        #expect(largest(zip(values, expected.elements).map(-)) < 1e-9)
        var single = Array(expected.times(matrix).elements.prefix(size))
        factor.solve(&single)
        #expect(largest(zip(single, expected.elements).map(-)) < 1e-9)
    }

    @Test("only the lower triangle is read for the factor, only the upper for eigenvalues")
    func triangles() throws {
        var lower = DenseMatrix(rows: 2, columns: 2, [4, 99, 2, 5])
        let factor = try #require(CholeskyFactorization(of: lower))
        var values = [8.0, 9]
        factor.solve(&values)
        #expect(largest([values[0] - 1.375, values[1] - 1.25]) < 1e-14)
        lower = DenseMatrix(rows: 2, columns: 2, [2, 1, 99, 2])
        #expect(largest(zip(lower.eigenvalues() ?? [], [1, 3]).map(-)) < 1e-14)
    }

    @Test(
        "a matrix that is not positive definite is refused",
        arguments: [[1, 2, 2, 1], [0, 0, 0, 1], [-1, 0, 0, 1], [1, 1, 1, 1]] as [[Double]]
    )
    func refused(elements: [Double]) {
        #expect(CholeskyFactorization(of: DenseMatrix(rows: 2, columns: 2, elements)) == nil)
    }

    @Test("sums of squares fill the upper triangle")
    func squares() {
        var sum = DenseMatrix.identity(2)
        sum.addSquares(of: [1, 2, 3, 4, 100, 100], count: 2)
        #expect(sum.elements == [11, 14, 0, 21])
    }
}
