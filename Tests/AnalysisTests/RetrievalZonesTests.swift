import Analysis
import Testing

@Suite("Zones by sentence retrieval")
struct RetrievalZonesTests {
    @Test(
        "the middle is where at least half of the way up is found",
        arguments: [
            // Behind the embeddings and behind four layers.
            ([0, 0.1, 0.8, 0.75, 0.1], 2, 1, 0.4),
            ([0.1, 0.5, 0.9, 0.5, 0.1], 1, 1, 0.5),
            ([0.75, 0.5, 0.25, 0, 0], 0, 3, 0.375),
            // A dip within the middle belongs to it.
            ([0, 1, 0.25, 1, 0], 1, 1, 0.5),
            ([0, 0, 0, 0, 1], 4, 0, 0.5),
        ]
    )
    func zones(found: [Double], bottom: Int, top: Int, threshold: Double) throws {
        let zones = try #require(RetrievalZones(found: found))
        #expect(zones.bottom == bottom && zones.top == top)
        #expect(zones.threshold == threshold)
        #expect("\(zones)" == "bottom: \(bottom), top: \(top)")
    }

    @Test("without a difference there are no zones")
    func none() {
        #expect(RetrievalZones(found: [0.5, 0.5, 0.5]) == nil)
        #expect(RetrievalZones(found: []) == nil)
    }
}
