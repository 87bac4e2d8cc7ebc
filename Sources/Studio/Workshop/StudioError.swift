import Foundations

/// What a page asked for that cannot be done.
enum StudioError: Error, CustomStringConvertible {
    /// There is no such model.
    case unknownModel(name: String, known: [String])
    /// There is no such run.
    case unknownRun(name: String, known: [String])
    /// Nothing works on a run.
    case idle(String)
    /// A run that was started has ended at once; with its words.
    case failed(String)
    /// A number of problems out of range.
    case problemCount(Int)
    /// Models are asked nothing here; the words say why.
    case silent(String)
    /// A body that is no JSON, or lacks what is needed.
    case malformed(String)
    /// There is a variant of this name.
    case taken(String)
    /// The name of a variant cannot be one.
    case name(String, problem: String)
    /// Something is there that would be replaced.
    case exists(String)
    /// There is no run that could keep something.
    case homeless
    /// Another program listens on the port.
    case port(Int)
    /// The run's folder is gone.
    case vanished(String)

    /// How many problems can be asked.
    static let problemCounts = 10...500

    var description: String {
        switch self {
        case .unknownModel(let name, let known):
            "there is no model \"\(name)\"" + NearestName.suggestion(for: name, among: known)
                + "; known: \(known.joined(separator: ", "))"
        case .unknownRun(let name, let known):
            "there is no run \"\(name)\"" + NearestName.suggestion(for: name, among: known)
        case .idle(let name): "nothing works on \(name) now"
        case .failed(let words): words.isEmpty ? "the run has ended at once" : words
        case .problemCount(let count):
            "found \(count) problems, expected "
                + "\(Self.problemCounts.lowerBound) to \(Self.problemCounts.upperBound)"
        case .silent(let reason): reason
        case .malformed(let problem): "the request cannot be read: \(problem)"
        case .taken(let name):
            "there is a variant \"\(name)\" already; remove it first, or choose another name"
        case .name(let name, let problem): "\"\(name)\" cannot be a name: \(problem)"
        case .exists(let path):
            "\(path) is there already and is not replaced; choose another name"
        case .homeless:
            "these models belong to no run, and only a run keeps names and analyses; export the "
                + "setting instead"
        case .port(let port):
            "port \(port) is taken by another program; leave out --port to get a free one"
        case .vanished(let folder):
            "\(folder) is gone; continue with 'layerswap run' and its recipe, then open Studio again"
        }
    }
}
