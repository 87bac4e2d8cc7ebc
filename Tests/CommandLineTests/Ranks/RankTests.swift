import Foundation
import Testing

@Suite(
    "Several processes under Open MPI's launcher",
    .serialized,
    .enabled(if: Program.launcher != nil, "no mpirun is installed")
)
struct RankTests {
    @Test("doctor shows every rank once, and the paths between them", arguments: [2, 4])
    func doctor(ranks: Int) throws {
        let ending = try Program.start(["doctor", "--json", "--threads", "1"], ranks: ranks).end()
        #expect(ending.status == 0, "\(ending.errors)")
        // One object: ranks other than 0 are silent.
        let lines = ending.output.split(separator: "\n")
        #expect(lines.count == 1, "\(ending.output)")
        let object = try JSONSerialization.jsonObject(with: Data(ending.lastLine.utf8))
        let report = try #require(object as? [String: Any])
        #expect((report["openMPI"] as? String)?.first?.isNumber == true)
        let found = try #require(report["ranks"] as? [[String: Any]])
        #expect(found.map { $0["rank"] as? Int } == Array(0..<ranks))
        #expect(found.allSatisfy { $0["host"] as? String == ProcessInfo.processInfo.hostName })
        #expect(found.allSatisfy { $0["gigaflops"] as? Double ?? 0 > 0 })
        for rank in found.dropFirst() {
            #expect((rank["latency"] as? Double ?? 0) > 0)
            #expect((rank["bandwidth"] as? Double ?? 0) > 0)
        }
        #expect(found[0]["latency"] == nil)
        let header = ending.errors.split(separator: "\n").first { $0.hasPrefix("rank  host") }
        #expect(header != nil, "\(ending.errors)")
    }

    @Test("without a launcher nothing is joined")
    func alone() throws {
        let ending = try Program.run("doctor", "--json")
        let object = try JSONSerialization.jsonObject(with: Data(ending.lastLine.utf8))
        let report = try #require(object as? [String: Any])
        #expect(report["ranks"] == nil && report["openMPI"] is String)
    }
}
