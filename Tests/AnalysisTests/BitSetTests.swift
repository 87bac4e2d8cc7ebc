import Analysis
import Kernels
import TestSupport
import Testing

@Suite("Sets of places")
struct BitSetTests {
    /// The places of a set.
    private func places(_ set: BitSet) -> [Int] {
        var places: [Int] = []
        set.forEach { places.append($0) }
        return places
    }

    /// The sets of the largest elements of numbers, and the places that sorting finds.
    private func check(_ scores: [Float], _ wanted: [Int]) {
        let owner = SharedBuffer(count: scores.count)
        owner.view.copy(from: scores)
        let order = scores.indices.sorted { (scores[$1], $0) < (scores[$0], $1) }
        let sets = BitSet.largest(wanted, of: owner.view)
        #expect(sets.count == wanted.count)
        for (set, wanted) in zip(sets, wanted) {
            #expect(places(set) == order.prefix(wanted).sorted(), "\(wanted) of \(scores.count)")
            #expect(set.count == wanted)
        }
    }

    @Test("the largest elements are those that sorting finds, the first of equal ones")
    func largest() {
        // Few different values, so that borders fall among equal ones.
        let scores = sampleValues(1_000, seed: 4).map { (abs($0) * 8).rounded() / 8 }
        check(scores, [0, 1, 7, 64, 500, 999, 1_000])
        // Whole words, and a last one that is not full.
        for count in [1, 63, 64, 65, 640] {
            check(Array(scores.prefix(count)), [0, 1, count / 2, count])
        }
    }

    @Test("nothing but zeros, infinity and the smallest numbers have places too")
    func ends() {
        check([Float](repeating: 0, count: 130), [0, 5, 130])
        let ends: [Float] = [.infinity, 0, .leastNonzeroMagnitude, .greatestFiniteMagnitude, 1]
        check((0..<100).map { ends[$0 % ends.count] }, [1, 20, 21, 40, 41, 79, 81, 100])
    }

    @Test("elements that differ in their lowest bit are distinguished")
    func lowestBits() {
        let base = Float(1.5)
        check(
            (0..<200).map { Float(bitPattern: base.bitPattern + UInt32($0 * 7 % 200)) },
            [3, 100]
        )
    }

    @Test("sets are subtracted and compared place by place")
    func arithmetic() {
        var a = BitSet(limit: 130)
        var b = BitSet(limit: 130)
        for place in [0, 63, 64, 129] { a[place] = true }
        for place in [63, 65, 129] { b[place] = true }
        #expect(a.sharedCount(with: b) == 2)
        let rest = a.subtracting(b)
        #expect((0..<130).filter { rest[$0] } == [0, 64])
        a[64] = false
        #expect(a.count == 3)
    }
}

@Suite("Sums of products of rows")
struct GramMatrixTests {
    @Test("eigenvalues are the squares of known singular values, by rows and by columns")
    func eigenvalues() {
        // Orthogonal columns of lengths 3, 2 and 1, turned by a rotation from the right.
        let (c, s) = (Float(0.6), Float(0.8))
        let columns: [[Float]] = [[3, 0, 0, 0], [0, 2, 0, 0], [0, 0, 1, 0]]
        var values = [Float](repeating: 0, count: 12)
        for row in 0..<4 {
            let (x, y, z) = (columns[0][row], columns[1][row], columns[2][row])
            values[row * 3] = c * x - s * y
            values[row * 3 + 1] = s * x + c * y
            values[row * 3 + 2] = z
        }
        let matrix = OwnedMatrix(values, rows: 4, columns: 3)
        let byRows = GramMatrix(size: 3)
        byRows.add(rowsOf: matrix.view)
        #expect(relativeError(byRows.eigenvalues(), [9, 4, 1]) < 1e-6)
        let byColumns = GramMatrix(size: 4)
        byColumns.add(columnsOf: matrix.view)
        #expect(relativeError(byColumns.eigenvalues(), [9, 4, 1, 0]) < 1e-6)
    }

    @Test("more rows than one block give the sum of all")
    func blocks() {
        let matrix = OwnedMatrix(rows: 300, columns: 5, seed: 2)
        let gram = GramMatrix(size: 5)
        gram.add(rowsOf: matrix.view)
        let squares = matrix.doubles.reduce(0) { $0 + $1 * $1 }
        #expect(abs(gram.eigenvalues().reduce(0, +) / squares - 1) < 1e-9)
    }
}
