import Foundation
import Foundations
import Training

/// One step of training on one line.
enum StepLine {
    /// The step, its share of the run, loss, norm, rate, time, speed, memory and time left.
    ///
    /// For example `step   240/6000   4.0%  loss 3.412 (avg 3.468)  norm 0.83  lr 2.9e-04  812 ms`,
    /// then `5,043 tok/s  1.9 GB  eta 1h18m`. Where that is too wide, whole fields are left out:
    /// those first that say least about how the run goes on.
    ///
    /// - Parameters:
    ///   - record: The step.
    ///   - columns: How wide the line may be.
    /// - Returns: The line.
    static func text(_ record: StepRecord, columns: Int = 120) -> String {
        let steps = String(record.steps)
        let step = String(record.step)
        let share = 100 * Double(record.step) / Double(max(record.steps, 1))
        let loss = record.loss.map { String(format: "%.3f", $0) } ?? "none"
        let average = record.averageLoss.map { String(format: "%.3f", $0) } ?? "none"
        let remaining = Duration.seconds(record.remainingSeconds).briefly
        // Ranked by how long they stay; 0 always does.
        var fields: [(text: String, rank: Int)] = [
            ("step " + padded(step, to: max(5, steps.count)) + "/" + steps, 0),
            ("  " + padded(String(format: "%.1f%%", share), to: 6), 3),
            ("  loss \(loss)", 0),
            (" (avg \(average))", 4),
            ("  norm " + String(format: "%.2f", record.gradientNorm), 7),
            ("  lr " + String(format: "%.1e", record.learningRate), 6),
            (String(format: "  %.0f ms", record.seconds * 1e3), 5),
            ("  " + NumberText.grouped(Int(record.tokensPerSecond)) + " tok/s", 2),
            ("  " + NumberText.bytes(record.residentBytes), 1),
            ("  eta \(remaining)", 0),
        ]
        while fields.reduce(0, { $0 + $1.text.count }) > columns,
            let least = fields.indices.max(by: { fields[$0].rank < fields[$1].rank }),
            fields[least].rank > 0
        {
            fields.remove(at: least)
        }
        return fields.map(\.text).joined()
    }

    private static func padded(_ text: String, to width: Int) -> String {
        String(repeating: " ", count: max(0, width - text.count)) + text
    }
}
