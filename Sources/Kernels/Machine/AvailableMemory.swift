import Foundation
import Foundations

/// How much memory this process may still take.
///
/// The least of what the machine has free, what each control group around the process leaves it,
/// and what its own limit of address space leaves it.
package struct AvailableMemory: Sendable {
    /// Bytes that are free; nil where the system does not tell.
    package let bytes: Double?

    /// Looks now.
    ///
    /// - Parameter root: Where the system's files lie; another folder than `/` for tests.
    package init(root: String = "/") {
        let files = SystemFiles(root: root)
        var rooms = [files.machineRoom] + files.groupRooms
        if root == "/" { rooms.append(files.addressRoom) }
        bytes = rooms.compactMap(\.self).min()
    }

    /// Refuses work that does not fit, before any of it is begun.
    ///
    /// - Parameters:
    ///   - needed: Bytes that the work takes.
    ///   - what: The work, as the subject of a sentence.
    ///   - advice: What to change.
    /// - Throws: `MemoryError`.
    package func require(_ needed: Double, for what: String, advice: String) throws(MemoryError) {
        guard let bytes, needed > bytes else { return }
        throw MemoryError(what: what, needed: needed, available: bytes, advice: advice)
    }
}

/// Work that would take more memory than there is.
package struct MemoryError: Error, Hashable, CustomStringConvertible {
    /// The work.
    package let what: String
    /// Bytes that it takes.
    package let needed: Double
    /// Bytes that are free.
    package let available: Double
    /// What to change.
    package let advice: String

    package var description: String {
        "\(what) needs about \(NumberText.bytes(needed)) of memory, and \(NumberText.bytes(available)) are "
            + "available here; \(advice)"
    }
}

/// The files in which Linux reports memory.
private struct SystemFiles {
    let root: String

    private func text(_ path: String) -> String? {
        try? String(contentsOfFile: root + path, encoding: .utf8)
    }

    private func number(_ path: String) -> Double? {
        text(path).flatMap { Double($0.trimmingCharacters(in: .whitespacesAndNewlines)) }
    }

    /// What the kernel expects to find without swapping.
    var machineRoom: Double? {
        text("proc/meminfo").flatMap { Self.field("MemAvailable:", in: $0) }.map { $0 * 1_024 }
    }

    /// What is left in each control group that has a limit, from the process's own up to the root.
    var groupRooms: [Double?] {
        let lines = (text("proc/self/cgroup") ?? "").split(separator: "\n")
        return lines.flatMap { line -> [Double?] in
            let parts = line.split(separator: ":", maxSplits: 2, omittingEmptySubsequences: false)
            guard parts.count == 3 else { return [] }
            if parts[1].isEmpty {
                return Self.groups(parts[2]).flatMap { group in
                    ["sys/fs/cgroup", "sys/fs/cgroup/unified"].map {
                        room($0 + group, limit: "memory.max", used: "memory.current")
                    }
                }
            }
            guard parts[1].split(separator: ",").contains("memory") else { return [] }
            return Self.groups(parts[2]).map { group in
                room(
                    "sys/fs/cgroup/memory" + group,
                    limit: "memory.limit_in_bytes",
                    used: "memory.usage_in_bytes"
                )
            }
        }
    }

    /// A group and those around it; in a container the outer names do not exist.
    private static func groups(_ path: Substring) -> [String] {
        let names = path.split(separator: "/")
        return (0...names.count).map { names.prefix($0).map { "/" + $0 }.joined() }
    }

    private func room(_ group: String, limit: String, used: String) -> Double? {
        guard let limit = number("\(group)/\(limit)"), let used = number("\(group)/\(used)") else {
            return nil
        }
        // Pages of files that nobody uses just now are given back when memory is short.
        let statistics = text("\(group)/memory.stat") ?? ""
        let files =
            Self.field("total_inactive_file", in: statistics)
            ?? Self.field("inactive_file", in: statistics) ?? 0
        return max(0, limit - max(0, used - files))
    }

    /// What the limit of `ulimit -v` leaves.
    var addressRoom: Double? {
        var limit = rlimit()
        guard getrlimit(__rlimit_resource_t(RLIMIT_AS.rawValue), &limit) == 0,
            limit.rlim_cur != .max, let pages = text("proc/self/statm")?.split(separator: " ").first
        else { return nil }
        let taken = (Double(pages) ?? 0) * Double(sysconf(Int32(_SC_PAGESIZE)))
        return max(0, Double(limit.rlim_cur) - taken)
    }

    private static func field(_ name: String, in text: String) -> Double? {
        for line in text.split(separator: "\n") {
            let words = line.split(separator: " ")
            if words.count > 1, words[0] == name { return Double(words[1]) }
        }
        return nil
    }
}
