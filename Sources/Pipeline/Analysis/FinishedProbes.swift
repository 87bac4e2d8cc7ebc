import Checkpointing
import Evaluation
import Foundation

/// What was measured so far of an analysis that is long: one JSON object a line, so that an interrupted
/// one goes on.
final class FinishedProbes {
    private struct Line: Codable {
        var name: String
        var count: Int?
        var metrics: [StoredOutcomes]
    }

    private let url: URL
    private let encoder = JSONEncoder()
    private var lines: [String: Line] = [:]

    /// Opens the file of an analysis, and forgets what belongs to others.
    ///
    /// - Parameters:
    ///   - folder: Where it lies.
    ///   - identity: What decides the results.
    /// - Throws: Errors of the folder.
    init(in folder: URL, identity: ContentHash) throws {
        let name = ".interventions-\(identity.hexadecimal.prefix(16)).jsonl"
        url = folder.appending(path: name)
        let manager = FileManager.default
        try manager.createDirectory(at: folder, withIntermediateDirectories: true)
        for other in try manager.contentsOfDirectory(atPath: folder.path)
        where other.hasPrefix(".interventions-") && other != name {
            try? manager.removeItem(at: folder.appending(path: other))
        }
        guard let data = try? Data(contentsOf: url) else { return }
        let decoder = JSONDecoder()
        // The last line of a killed process may be cut.
        for text in data.split(separator: UInt8(ascii: "\n")) {
            guard let line = try? decoder.decode(Line.self, from: text) else { continue }
            lines[line.name] = line
        }
    }

    /// The outcomes under a name; measured by `measure` unless they are known.
    ///
    /// - Parameters:
    ///   - name: The name.
    ///   - reference: Outcomes of the same problems, which tell their identities.
    ///   - measure: Measures, and tells the number of weights.
    /// - Returns: The outcomes by metric and the number of weights.
    /// - Throws: What `measure` throws, and errors of writing.
    func outcomes(
        _ name: String,
        like reference: [String: Outcomes]?,
        measure: () throws -> (outcomes: [String: Outcomes], count: Int?)
    ) throws -> (outcomes: [String: Outcomes], count: Int?) {
        if let line = lines[name], let reference, let known = Self.outcomes(of: line, reference) {
            return (known, line.count)
        }
        let (outcomes, count) = try measure()
        let line = Line(
            name: name,
            count: count,
            metrics: outcomes.sorted { $0.key < $1.key }.map { metric, outcomes in
                StoredOutcomes(metric: metric, outcomes, units: metric)
            }
        )
        lines[name] = line
        try append(line)
        return (outcomes, count)
    }

    private static func outcomes(of line: Line, _ reference: [String: Outcomes])
        -> [String: Outcomes]?
    {
        var all: [String: Outcomes] = [:]
        for stored in line.metrics {
            guard let known = reference[stored.metric],
                let outcomes = stored.outcomes(identifiers: known.identifiers)
            else { return nil }
            all[stored.metric] = outcomes
        }
        return all.count == reference.count ? all : nil
    }

    private func append(_ line: Line) throws {
        encoder.outputFormatting = [.sortedKeys]
        if !FileManager.default.fileExists(atPath: url.path) { try Data().write(to: url) }
        let handle = try FileHandle(forWritingTo: url)
        defer { try? handle.close() }
        try handle.seekToEnd()
        // A line of its own, whatever a killed process left before it.
        try handle.write(contentsOf: Data("\n".utf8) + encoder.encode(line) + Data("\n".utf8))
        try handle.synchronize()
    }

    /// Removes the file, when the record is complete.
    func remove() { try? FileManager.default.removeItem(at: url) }
}
