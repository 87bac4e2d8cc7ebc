import Checkpointing

/// Why something cannot be analysed.
package enum AnalysisError: Error, Hashable, CustomStringConvertible {
    /// One of several checkpoints lacks a tensor.
    case missingTensor(name: String, holder: String, path: String)
    /// A tensor has different shapes in two checkpoints.
    case otherShape(name: String, found: [Int], path: String, expected: [Int], in: String)
    /// A tensor is stored in a type that is not computed with.
    case notNumbers(name: String, path: String, type: ElementType)
    /// A tensor holds numbers that are not finite.
    case notFinite(name: String, path: String)
    /// There are too few samples of some kind.
    case tooFew(what: String, found: Int, expected: Int)
    /// A setting is out of range.
    case setting(name: String, found: String, expected: String)
    /// A sample has a token that the model does not know.
    case unknownToken(what: String, token: Int32, vocabulary: Int)

    package var description: String {
        switch self {
        case .missingTensor(let name, let holder, let path):
            "\(path) lacks '\(name)', which \(holder) has; expected checkpoints of one architecture"
        case .otherShape(let name, let found, let path, let expected, let other):
            "\(path): '\(name)' has the shape \(found); expected \(expected) as in \(other)"
        case .notNumbers(let name, let path, let type):
            "\(path): '\(name)' is stored as \(type.rawValue); expected \(ElementType.computed); "
                + type.remedy
        case .notFinite(let name, let path):
            "\(path): '\(name)' holds numbers that are not finite; its training diverged or the "
                + "file is damaged"
        case .tooFew(let what, let found, let expected):
            "found \(found) \(what), expected at least \(expected); give more"
        case .setting(let name, let found, let expected):
            "\(name): found \(found), expected \(expected)"
        case .unknownToken(let what, let token, let vocabulary):
            "\(what) has the token \(token); the model's vocabulary ends below \(vocabulary)"
        }
    }
}
