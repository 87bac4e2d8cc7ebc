/// An output that may not be written, found before any work is done.
package enum OutputError: Error, Hashable, CustomStringConvertible {
    /// How an output and something that is read lie to each other.
    package enum Overlap: String, Hashable, Sendable {
        /// Both are one.
        case same = "is"
        /// The output would take the input's place, and what is around it.
        case contains = "holds"
        /// The input would get something that is not its own.
        case inside = "lies inside"
    }

    /// Something is there already.
    case exists(path: String, remedy: String)
    /// The output is, holds, or lies inside something that is read.
    case overlaps(path: String, overlap: Overlap, input: String, inputPath: String, remedy: String)
    /// What is there was not written by LayerSwap, or not all of it.
    case foreign(path: String, objection: String, remedy: String)
    /// A place that no output may take.
    case place(path: String, reason: String, remedy: String)
    /// What is there became something else during the work.
    case changed(path: String)
    /// A name that the file system cannot have.
    case name(path: String, byteCount: Int)

    /// What is wrong with which path, and what to do.
    package var description: String {
        switch self {
        case .exists(let path, let remedy):
            "\(path) exists already and is not overwritten; \(remedy)"
        case .overlaps(let path, let overlap, let input, let inputPath, let remedy):
            "the output \(path) \(overlap.rawValue) \(input) (\(inputPath)), which is only read; "
                + "nothing was changed; \(remedy)"
        case .foreign(let path, let objection, let remedy):
            "\(path) is not replaced: \(objection); nothing was changed; \(remedy)"
        case .place(let path, let reason, let remedy):
            "\(path) cannot be an output: it is \(reason); \(remedy)"
        case .changed(let path):
            "\(path) was changed by another program meanwhile and is left as it is; look at it, and "
                + "run the command again"
        case .name(let path, let byteCount):
            "the name of \(path) has \(byteCount) bytes, and file systems take 255; choose a "
                + "shorter one"
        }
    }
}
