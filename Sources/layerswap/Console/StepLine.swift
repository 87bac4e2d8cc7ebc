import Foundation
import Foundations
import Training

/// One step of training on one line of at most 120 columns.
enum StepLine {
    /// The step, its share of the run, loss, norm, rate, time, speed, memory and time left.
    ///
    /// For example `step   240/6000   4.0%  loss 3.412 (avg 3.468)  norm 0.83  lr 2.9e-04  812 ms`,
    /// then `5,043 tok/s  1.9 GB  eta 1h18m`.
    static func text(_ record: StepRecord) -> String {
        let steps = String(record.steps)
        let step = String(record.step)
        let share = 100 * Double(record.step) / Double(max(record.steps, 1))
        let loss = record.loss.map { String(format: "%.3f", $0) } ?? "none"
        let average = record.averageLoss.map { String(format: "%.3f", $0) } ?? "none"
        let remaining = Duration.seconds(record.remainingSeconds).briefly
        return [
            "step " + padded(step, to: max(5, steps.count)) + "/" + steps,
            padded(String(format: "%.1f%%", share), to: 6),
            "loss \(loss) (avg \(average))",
            "norm " + String(format: "%.2f", record.gradientNorm),
            "lr " + String(format: "%.1e", record.learningRate),
            String(format: "%.0f ms", record.seconds * 1e3),
            NumberText.grouped(Int(record.tokensPerSecond)) + " tok/s",
            NumberText.bytes(record.residentBytes),
            "eta \(remaining)",
        ].joined(separator: "  ")
    }

    private static func padded(_ text: String, to width: Int) -> String {
        String(repeating: " ", count: max(0, width - text.count)) + text
    }
}
