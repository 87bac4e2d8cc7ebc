import Kernels
import Testing

@Suite("Packed segments")
struct PackedSegmentsTests {
    @Test("a part counts its rows from its own first segment")
    func parts() {
        let all = PackedSegments([0, 3, 3, 10, 12])
        #expect(all.count == 4)
        #expect(all.rowCount == 12)
        #expect((0..<4).map { all[$0] } == [0..<3, 3..<3, 3..<10, 10..<12])
        let part = all.part(2..<4)
        #expect(part.count == 2)
        #expect(part.rowCount == 9)
        #expect((0..<2).map { part[$0] } == [0..<7, 7..<9])
        #expect(part.part(1..<2)[0] == 0..<2)
    }

    @Test("nothing is a run of no segments")
    func empty() {
        #expect(PackedSegments([]).count == 0)
        #expect(PackedSegments([]).rowCount == 0)
        #expect(PackedSegments([5]).count == 0)
        #expect(PackedSegments([0, 4]).part(1..<1).count == 0)
    }
}
