import Foundation
import Foundations
import Pipeline
import RunRecords
import Synchronization
import Training

/// What is said when a run is stopped: where it was, what is kept, and how to go on.
enum RunStop {
    /// How long a run has in any case to come to a border, in seconds.
    private static let leastPatience = 1.4

    /// How long a step has to come to its end, and its checkpoint to be written, in seconds.
    ///
    /// A step of a large model takes seconds, and its checkpoint gigabytes: to end sooner would
    /// lose everything since the last checkpoint.
    private static let patience = Mutex(leastPatience)
    /// Seconds to write a checkpoint, on a slow disk.
    private static let saving = Mutex(0.0)
    private static let bytesPerSecond = 200e6
    private static let silence = Mutex(false)

    /// Whether another rank says how the run has ended.
    static var isSilent: Bool {
        get { silence.withLock { $0 } }
        set { silence.withLock { $0 = newValue } }
    }

    /// Notes where the run is and which checkpoint is its newest.
    static func follow(_ event: PipelineEvent) {
        switch event {
        case .started(let stage, .resume(let step)): expect(in: stage, checkpoint: step)
        case .started(let stage, _): expect(in: stage)
        case .training(let name, .saved(let step, _)): expect(inTraining: name, checkpoint: step)
        case .training(let name, .resumed(let step, _)): expect(inTraining: name, checkpoint: step)
        case .training(_, .prepared(let facts)):
            // Weights, and two moments of what is trained.
            let bytes = 4 * (facts.parameterCount + 2 * facts.trainedCount)
            saving.withLock { $0 = Double(bytes) / bytesPerSecond }
            wait(forStepOf: 0)
        case .training(_, .step(let record)): wait(forStepOf: record.seconds)
        default: break
        }
    }

    /// Says what to say when the run has to end within a stage; nil is before the first one.
    static func expect(in stage: Stage?, checkpoint: Int? = nil) {
        patience.withLock { $0 = leastPatience }
        if let stage, case .training(let name) = stage.work {
            expect(inTraining: name, checkpoint: checkpoint)
        } else {
            let place = stage.map { "in \($0.name)" } ?? "before the first stage"
            say("Stopped \(place); finished stages are kept.")
        }
    }

    /// Gives the step that goes on twice the time of the last one, and its checkpoint time to be
    /// written.
    private static func wait(forStepOf seconds: Double) {
        let needed = max(leastPatience, 2 * seconds + saving.withLock { $0 })
        patience.withLock { $0 = needed }
        StopSwitch.wait(atMost: needed)
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
    static func stopped(in stage: String) { say("Stopped in \(stage); all work is kept.") }

    private static func say(_ words: String) {
        let command = ShellText.command(CommandLine.arguments, without: ["--force"])
        let isSilent = isSilent
        StopSwitch.expect(patience: patience.withLock { $0 }) { _ in
            isSilent ? "" : "\(words) Resume with:\n    \(command)"
        }
    }
}
