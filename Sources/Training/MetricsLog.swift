import Checkpointing
import Foundation

/// Writes steps and validations as JSON lines, one object a line, in the order of steps.
///
/// When a run goes on after an interruption, lines of steps that are done again are dropped first.
package final class MetricsLog {
    private let url: URL
    private let encoder = JSONEncoder()
    private var handle: FileHandle?

    /// A log at a place; nothing is written before the first event.
    package init(at url: URL) {
        self.url = url
        encoder.outputFormatting = [.sortedKeys]
    }

    deinit { try? handle?.close() }

    /// Writes what an event has to say for later; other events are passed over.
    ///
    /// - Throws: Errors of reading and writing.
    package func record(_ event: TrainingEvent) throws {
        switch event {
        case .resumed(let step, _): try open(keepingSteps: step)
        case .step(let record): try write(Line(kind: "step", step: record.step, values: record))
        case .validated(let record):
            try write(Line(kind: "validation", step: record.step, values: record))
        default: break
        }
    }

    private func open(keepingSteps last: Int) throws {
        var kept = Data()
        if last > 0, let old = try? Data(contentsOf: url) {
            for line in old.split(separator: UInt8(ascii: "\n")) {
                guard let known = try? JSONDecoder().decode(LineStep.self, from: Data(line)),
                    known.step <= last
                else { break }
                kept += line + [UInt8(ascii: "\n")]
            }
        }
        try AtomicFile.write(kept, to: url)
        handle = try FileHandle(forWritingTo: url)
        try handle?.seekToEnd()
    }

    private func write(_ line: Line<some Encodable>) throws {
        if handle == nil { try open(keepingSteps: 0) }
        var data = try encoder.encode(line)
        data.append(UInt8(ascii: "\n"))
        try handle?.write(contentsOf: data)
    }

    private struct LineStep: Decodable { let step: Int }

    private struct Line<Values: Encodable>: Encodable {
        let kind: String
        let step: Int
        let values: Values
    }
}
