import Foundation

/// The programs that this process has started, and those that they have started.
enum Descendants {
    /// How long they may take to end, in seconds.
    private static let patience = 0.4

    /// Those of some processes that are among them and have not ended.
    static func running(among processes: [pid_t]) -> [pid_t] {
        processes.isEmpty ? [] : running().filter(processes.contains)
    }

    /// Sends all of them a signal.
    static func send(_ signal: Int32) {
        for process in running() { kill(process, signal) }
    }

    /// Asks them to end, waits a moment, and kills those that are still there.
    static func end() {
        guard !running().isEmpty else { return }
        send(SIGTERM)
        let began = ContinuousClock.now
        while began.duration(to: .now) < .seconds(patience) {
            if running().isEmpty { return }
            usleep(10_000)
        }
        send(SIGKILL)
        // What they have open is closed when they are gone.
        for _ in 0..<10 where !running().isEmpty { usleep(10_000) }
    }

    /// Their numbers, without those that have ended and wait to be asked for it.
    private static func running() -> [pid_t] {
        let names = (try? FileManager.default.contentsOfDirectory(atPath: "/proc")) ?? []
        var children: [pid_t: [pid_t]] = [:]
        for process in names.compactMap({ pid_t($0) }) {
            let file = "/proc/\(process)/stat"
            // The name of the program, in parentheses, may hold anything.
            guard let line = try? String(contentsOfFile: file, encoding: .isoLatin1),
                let name = line.lastIndex(of: ")")
            else { continue }
            let fields = line[line.index(after: name)...].split(separator: " ")
            guard fields.count > 1, fields[0] != "Z", let parent = pid_t(fields[1]) else {
                continue
            }
            children[parent, default: []].append(process)
        }
        var found: [pid_t] = []
        var open = [getpid()]
        while let parent = open.popLast() {
            let own = children[parent] ?? []
            found += own
            open += own
        }
        return found
    }
}
