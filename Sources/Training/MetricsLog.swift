import Checkpointing
import Foundation

/// Writes steps and validations as JSON lines, one object a line, in the order of steps.
///
/// When a run goes on after an interruption, lines of steps that are done again are dropped first.
package final class MetricsLog {
    private let url: URL
    private let encoder = JSONEncoder()
    private var file: LineFile?

    /// A log at a place; nothing is written before the first event.
    package init(at url: URL) {
        self.url = url
        encoder.outputFormatting = [.sortedKeys]
    }

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
        if last > 0, InputFile.exists(url) {
            let lines = try InputFile.data(at: url).split(separator: UInt8(ascii: "\n"))
            let steps = try RecordedLines.decode(LineStep.self, at: url) ?? []
            for (line, known) in zip(lines, steps) {
                guard known.step <= last else { break }
                kept += line + [UInt8(ascii: "\n")]
            }
        }
        try AtomicFile.write(kept, to: url)
        file = try LineFile(at: url)
    }

    private func write(_ line: Line<some Encodable>) throws {
        if file == nil { try open(keepingSteps: 0) }
        try file?.append(line, encoder: encoder)
    }

    private struct LineStep: Decodable { let step: Int }

    private struct Line<Values: Encodable>: Encodable {
        let kind: String
        let step: Int
        let values: Values
    }
}
