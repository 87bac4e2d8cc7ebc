import Foundations
import Merging

/// Reports the progress of a merge of checkpoints.
struct MergeReporter {
    private let line: ProgressLine

    init(console: Console) {
        line = ProgressLine(console: console)
    }

    /// Says how far the merge is.
    func report(_ progress: MergeProgress) {
        let share = Int(100 * Double(progress.doneBytes) / Double(max(1, progress.totalBytes)))
        line.update(
            "\(progress.step.rawValue)  \(share) % of \(NumberText.bytes(progress.totalBytes))  "
                + progress.name,
            isLast: false
        )
    }

    /// Ends the line.
    func finish() { line.close() }
}
