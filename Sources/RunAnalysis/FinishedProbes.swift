import Checkpointing
import Evaluation
import Foundation
import RunRecords

/// What was measured so far of an analysis that is long: one JSON object a line, so that an
/// interrupted one goes on.
final class FinishedProbes {
    private struct Line: Codable {
        var name: String
        var count: Int?
        var metrics: [StoredOutcomes]
    }

    private let url: URL
    private let encoder = JSONEncoder()
    private var file: LineFile?
    private var lines: [String: Line] = [:]

    /// Opens the file of an analysis, and forgets what belongs to others.
    ///
    /// - Parameters:
    ///   - kind: What is analysed.
    ///   - folder: Where it lies.
    ///   - identity: What decides the results.
    /// - Throws: Errors of the folder.
    init(_ kind: AnalysisKind, in folder: URL, identity: ContentHash) throws {
        let start = ".\(kind.rawValue)-"
        let name = "\(start)\(identity.hexadecimal.prefix(16)).jsonl"
        url = folder.appending(path: name)
        try Folder.make(at: folder)
        for other in try Folder.names(in: folder)
        where other != name && other.hasPrefix(start)
            && other.dropFirst(start.count).wholeMatch(of: #/[0-9a-f]{16}\.jsonl/#) != nil
        {
            try? FileManager.default.removeItem(at: folder.appending(path: other))
        }
        guard InputFile.exists(url) else { return }
        let decoder = JSONDecoder()
        // The last line of a killed process may be cut; what cannot be read is measured again.
        for text in try InputFile.data(at: url).split(separator: UInt8(ascii: "\n")) {
            guard let line = try? decoder.decode(Line.self, from: text) else { continue }
            lines[line.name] = line
        }
    }

    /// The outcomes under a name; measured by `measure` unless they are known.
    ///
    /// - Parameters:
    ///   - name: The name.
    ///   - reference: Outcomes of the same problems, which tell their identities.
    ///   - measure: Measures, and returns the number of weights.
    /// - Returns: The outcomes by metric and the number of weights.
    /// - Throws: What `measure` throws, and errors of writing.
    func outcomes(
        _ name: String,
        like reference: [Metric: Outcomes]?,
        measure: () throws -> (outcomes: [Metric: Outcomes], count: Int?)
    ) throws -> (outcomes: [Metric: Outcomes], count: Int?) {
        if let line = lines[name], let reference, let known = Self.outcomes(of: line, reference) {
            return (known, line.count)
        }
        let (outcomes, count) = try measure()
        let line = Line(
            name: name,
            count: count,
            metrics: outcomes.sorted { $0.key < $1.key }.map { metric, outcomes in
                StoredOutcomes(metric: metric, outcomes, units: metric.rawValue)
            }
        )
        lines[name] = line
        try append(line)
        return (outcomes, count)
    }

    private static func outcomes(of line: Line, _ reference: [Metric: Outcomes])
        -> [Metric: Outcomes]?
    {
        var all: [Metric: Outcomes] = [:]
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
        let file = try file ?? LineFile(at: url)
        self.file = file
        try file.append(line, encoder: encoder)
        try file.synchronize()
    }

    /// Removes the file, when the record is complete.
    func remove() { try? FileManager.default.removeItem(at: url) }
}
