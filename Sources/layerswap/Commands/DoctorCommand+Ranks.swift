import Checkpointing
import Foundation
import Foundations
import Kernels
import Ranks

extension DoctorCommand {
    /// One of the processes that a launcher has started together.
    struct RankReport: Codable {
        var rank: Int
        var host: String
        var threads: Int
        /// The rate of its threads while all ranks compute.
        var gigaflops: Double
        /// Seconds that a short message takes to or from rank 0; nil at rank 0.
        var latency: Double?
        /// Bytes a second of a long message; nil at rank 0.
        var bandwidth: Double?
    }

    /// What all ranks say of themselves: at rank 0 a report of each, elsewhere nothing, where
    /// nothing else is to be done.
    ///
    /// An error ends all ranks, with the rank and its host before the words.
    ///
    /// - Returns: Nil when no launcher has started several processes.
    /// - Throws: `OpenMPI.Unavailable`.
    func ranks() throws -> [RankReport]? {
        guard OpenMPI.isLaunched() else { return nil }
        let group = try RankGroup.join()
        let host = ProcessInfo.processInfo.hostName
        do {
            let reports = try reports(of: group, host: host)
            // What is measured by one process alone is measured when the others have gone.
            try group.leave()
            return group.count > 1 ? reports : nil
        } catch {
            Console.writeError("rank \(group.rank) on \(host): \(ErrorText.text(of: error))")
            group.abort(EXIT_FAILURE)
        }
    }

    private func reports(of group: RankGroup, host: String) throws -> [RankReport] {
        try group.wait()
        let rate = ProductRate.measure(method: .preferred, threads: threads.count) / 1e9
        let own = RankReport(
            rank: group.rank,
            host: host,
            threads: threads.count,
            gigaflops: rate
        )
        guard group.rank == 0 else {
            try group.send(JSONEncoder().encode(own), to: 0, .report)
            _ = try RankProbe.paths(in: group)
            return []
        }
        var reports = [own]
        for rank in 1..<group.count {
            reports.append(
                try JSONDecoder().decode(
                    RankReport.self,
                    from: group.receive(from: rank, .report)
                )
            )
        }
        for (place, path) in try RankProbe.paths(in: group).enumerated() {
            reports[place + 1].latency = path.latency
            reports[place + 1].bandwidth = path.bandwidth
        }
        return reports
    }

    /// The ranks as a table.
    static func table(of ranks: [RankReport]) -> TextTable {
        TextTable(
            header: ["rank", "host", "threads", "all computing", "latency", "bandwidth"],
            rows: ranks.map { report in
                [
                    "\(report.rank)", report.host, "\(report.threads)",
                    String(format: "%.1f GFLOP/s", report.gigaflops),
                    report.latency.map { String(format: "%.1f µs", $0 * 1e6) } ?? "–",
                    report.bandwidth.map { String(format: "%.2f GB/s", $0 / 1e9) } ?? "–",
                ]
            }
        )
    }
}
