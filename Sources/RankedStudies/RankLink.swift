import Foundation
import Ranks

/// Orders and reports as messages between ranks.
struct RankLink: Sendable {
    let group: RankGroup

    /// How long a rank sleeps between two looks for messages: the library's own waiting would keep
    /// a core busy.
    static let pause: UInt32 = 2_000

    /// Tells another rank what to do.
    func send(_ order: RankOrder, to rank: Int) throws {
        try group.send(JSONEncoder().encode(order), to: rank, .order)
    }

    /// Tells rank 0 something.
    func report(_ report: RankReport) throws {
        try group.send(JSONEncoder().encode(report), to: 0, .report)
    }

    /// The next order of rank 0; nil when there is none.
    func nextOrder() throws -> RankOrder? {
        guard try group.sender(of: .order) != nil else { return nil }
        return try JSONDecoder().decode(RankOrder.self, from: group.receive(from: 0, .order))
    }

    /// The next report of any rank; nil when there is none.
    func nextReport() throws -> (rank: Int, report: RankReport)? {
        guard let rank = try group.sender(of: .report) else { return nil }
        let data = try group.receive(from: rank, .report)
        return (rank, try JSONDecoder().decode(RankReport.self, from: data))
    }
}
