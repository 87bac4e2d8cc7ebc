import Foundation

/// Memory of this process.
package enum ProcessMemory {
    /// Bytes that are in memory now, or 0 where the system does not tell.
    package static var residentBytes: Int { pages(field: 1) * 4096 }

    /// The most bytes that were in memory at any time.
    package static var peakBytes: Int {
        var usage = rusage()
        guard getrusage(__rusage_who_t(RUSAGE_SELF.rawValue), &usage) == 0 else { return 0 }
        return usage.ru_maxrss * 1024
    }

    private static func pages(field: Int) -> Int {
        guard let text = try? String(contentsOfFile: "/proc/self/statm", encoding: .utf8) else {
            return 0
        }
        let fields = text.split(separator: " ")
        return fields.count > field ? Int(fields[field]) ?? 0 : 0
    }
}
