/// What stops a run that cannot go on.
package enum TrainingError: Error, CustomStringConvertible {
    /// Loss or gradient is infinite or not a number.
    ///
    /// With the tensor that holds such a number, if one does, and the checkpoint to go on from.
    case notFinite(step: Int, what: String, value: Double, tensor: String?, checkpoint: String?)
    /// A checkpoint belongs to another run.
    case foreignCheckpoint(path: String, difference: String)
    /// A checkpoint's state cannot be read.
    case unreadableState(path: String, reason: String)
    /// A setting that no run can have.
    case setting(name: String, found: String, expected: String)

    package var description: String {
        switch self {
        case .notFinite(let step, let what, let value, let tensor, let checkpoint):
            "step \(step): the \(what) is \(value)"
                + (tensor.map { ", and '\($0)' holds numbers that are not finite" } ?? "")
                + "; lower the learning rate, lengthen the warm-up or check the data, then run again; "
                + (checkpoint.map { "the last good checkpoint is \($0)" }
                    ?? "no checkpoint was saved before this step")
        case .foreignCheckpoint(let path, let difference):
            "\(path) is a checkpoint of another run: \(difference); "
                + "remove it to start again, or restore the settings"
        case .unreadableState(let path, let reason):
            "\(path): \(reason); remove this checkpoint to resume from the one before it"
        case .setting(let name, let found, let expected):
            "'\(name)' is \(found); expected \(expected)"
        }
    }
}
