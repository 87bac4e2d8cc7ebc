import Foundation
import Kernels
import Testing

@Suite("Memory that is free")
struct AvailableMemoryTests {
    /// The files of a machine with 8 GiB free, and others beside them.
    private func room(_ files: [String: String]) throws -> Double? {
        let root = FileManager.default.temporaryDirectory
            .appending(path: "layerswap-room-\(UUID().uuidString)")
        defer { try? FileManager.default.removeItem(at: root) }
        let machine = ["proc/meminfo": "MemTotal: 16777216 kB\nMemAvailable:    8388608 kB\n"]
        for (path, text) in machine.merging(files, uniquingKeysWith: { $1 }) {
            let file = root.appending(path: path)
            try FileManager.default.createDirectory(
                at: file.deletingLastPathComponent(),
                withIntermediateDirectories: true
            )
            try Data(text.utf8).write(to: file)
        }
        return AvailableMemory(root: root.path + "/").bytes
    }

    private static let gibibyte = 1_073_741_824.0

    @Test("without control groups it is what the machine has")
    func machine() throws {
        #expect(try room([:]) == 8 * Self.gibibyte)
        #expect(try room(["proc/self/cgroup": "0::/\n"]) == 8 * Self.gibibyte)
    }

    @Test("the tightest control group counts, its own or one around it")
    func groups() throws {
        let inner = [
            "proc/self/cgroup": "0::/a/b\n",
            "sys/fs/cgroup/a/memory.max": "3221225472\n",
            "sys/fs/cgroup/a/memory.current": "1073741824\n",
            "sys/fs/cgroup/a/b/memory.max": "max\n",
            "sys/fs/cgroup/a/b/memory.current": "1000\n",
        ]
        #expect(try room(inner) == 2 * Self.gibibyte)
        let container = [
            "proc/self/cgroup": "0::/\n",
            "sys/fs/cgroup/memory.max": "2147483648\n",
            "sys/fs/cgroup/memory.current": "2147483648\n",
            "sys/fs/cgroup/memory.stat": "anon 5\ninactive_file 1073741824\n",
        ]
        #expect(try room(container) == Self.gibibyte)
    }

    @Test("older control groups count too, under their inner name or the container's")
    func olderGroups() throws {
        let files = [
            "proc/self/cgroup": "5:cpu,cpuacct:/\n4:memory:/outer/name\n0::/\n",
            "sys/fs/cgroup/memory/memory.limit_in_bytes": "4294967296\n",
            "sys/fs/cgroup/memory/memory.usage_in_bytes": "1073741824\n",
        ]
        #expect(try room(files) == 3 * Self.gibibyte)
    }

    @Test("work that does not fit is refused with both numbers and what to change")
    func refusal() throws {
        let room = AvailableMemory()
        let free = try #require(room.bytes)
        try room.require(free / 2, for: "it", advice: "")
        #expect {
            try room.require(1e18, for: "training base", advice: "take fewer --threads")
        } throws: { error in
            "\(error)".hasPrefix("training base needs about 1.0 EB of memory, and ")
                && "\(error)".hasSuffix("are available here; take fewer --threads")
        }
    }
}
