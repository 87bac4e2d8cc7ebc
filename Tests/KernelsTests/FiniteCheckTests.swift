import TestSupport
import Testing

@Suite("Finite numbers")
struct FiniteCheckTests {
    @Test("one NaN or infinity anywhere is found", arguments: [1, 15, 16, 17, 40])
    func anywhere(count: Int) {
        let matrix = OwnedMatrix(rows: 1, columns: count, seed: 3, scale: 1e30)
        defer { withExtendedLifetime(matrix) {} }
        let view = matrix.vector
        #expect(view.isFinite)
        #expect(view.firstNotFinite == nil)
        for place in 0..<count {
            for wrong in [Float.nan, .infinity, -.infinity] {
                let before = view[place]
                view[place] = wrong
                #expect(!view.isFinite)
                #expect(view.firstNotFinite == place)
                view[place] = before
            }
        }
        view.fill(.greatestFiniteMagnitude)
        #expect(view.isFinite)
    }
}
