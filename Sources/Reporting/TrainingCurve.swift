import Checkpointing
import Foundation

/// The losses of a training stage, as its `metrics.jsonl` holds them.
struct TrainingCurve {
    /// The loss of a step, or a mean of several.
    struct Point {
        var step: Int
        var loss: Double
    }

    /// The stage.
    let stage: String
    /// The running mean of the training loss, thinned out.
    let training: [Point]
    /// The validation loss.
    let validation: [Point]

    private struct Line: Decodable {
        struct Values: Decodable {
            var averageLoss: Double?
            var loss: Double?
        }

        var kind: String
        var step: Int
        var values: Values
    }

    /// Points of a curve are enough for a picture.
    private static let pointCount = 120

    /// Reads a file; nil when there is none, or none with a line.
    ///
    /// - Throws: `FileError`, `DamagedFile`.
    init?(stage: String, at url: URL) throws {
        guard let lines = try RecordedLines.decode(Line.self, at: url) else { return nil }
        let steps = lines.filter { $0.kind == "step" }.compactMap { line in
            line.values.averageLoss.map { Point(step: line.step, loss: $0) }
        }
        validation = lines.filter { $0.kind == "validation" }.compactMap { line in
            line.values.loss.map { Point(step: line.step, loss: $0) }
        }
        guard !steps.isEmpty || !validation.isEmpty else { return nil }
        let every = max(1, steps.count / Self.pointCount)
        training = steps.enumerated().filter { place, _ in
            // The first steps fall so far that nothing else would be seen.
            place >= steps.count / 50 && (place % every == 0 || place == steps.count - 1)
        }.map(\.element)
        self.stage = stage
    }
}
