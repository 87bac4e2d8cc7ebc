import Foundation
import Pipeline
import RunRecords

/// What is said when a run is stopped: where it was, what is kept, and how to go on.
enum RunStop {
    /// How long a step may take to come to its end, and its checkpoint to be written, in seconds.
    private static let patience = 1.4

    /// Notes where the run is and which checkpoint is its newest.
    static func follow(_ event: PipelineEvent) {
        switch event {
        case .started(let stage, .resume(let step)): expect(in: stage, checkpoint: step)
        case .started(let stage, _): expect(in: stage)
        case .training(let name, .saved(let step, _)): expect(inTraining: name, checkpoint: step)
        case .training(let name, .resumed(let step, _)): expect(inTraining: name, checkpoint: step)
        default: break
        }
    }

    /// Says what to say when the run has to end within a stage; nil is before the first one.
    static func expect(in stage: Stage?, checkpoint: Int? = nil) {
        if let stage, case .training(let name) = stage.work {
            expect(inTraining: name, checkpoint: checkpoint)
        } else {
            let place = stage.map { "in \($0.name)" } ?? "before the first stage"
            say("Stopped \(place); finished stages are kept.")
        }
    }

    private static func expect(inTraining name: String, checkpoint: Int?) {
        if let checkpoint {
            say(
                "Stopped in \(name); kept: finished stages and the checkpoint of step \(checkpoint)."
            )
        } else {
            say("Stopped in \(name) before its first checkpoint; finished stages are kept.")
        }
    }

    /// Says what to say when the run has come to a border.
    static func stopped(in stage: String) { say("Stopped in \(stage); nothing is lost.") }

    private static func say(_ words: String) {
        let command = ShellText.command(CommandLine.arguments, without: ["--force"])
        StopSwitch.expect(patience: patience) { _ in "\(words) Resume with:\n    \(command)" }
    }
}
