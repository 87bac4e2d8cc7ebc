import ArgumentParser
import Merging
import Pipeline

/// Puts what a merge of checkpoints tells into words.
struct MergeReporter {
    private let line: ProgressLine

    init(console: Console) {
        line = ProgressLine(console: console)
    }

    /// Says how far the merge is, and ends it when somebody asked for that.
    func report(_ progress: MergeProgress) throws {
        if StopSwitch.isOn {
            line.close()
            Console.writeError("Stopped; nothing was written, and the inputs are as they were.")
            throw ExitCode(130)
        }
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
