import MergeMethods

/// A merge method with what a listing shows of it.
package struct MethodListing: Hashable, Sendable {
    /// The name that recipes give it.
    package let name: String
    /// What it does, in one line.
    package let summary: String
    /// The formula of the merged tensors.
    package let formula: String
    /// The names of the keys that apply to it.
    package let keys: [String]
    /// Where it was published.
    package let reference: String

    /// The methods that recipes can name.
    package static let all: [MethodListing] = MergeMethod.Kind.allCases.map { kind in
        MethodListing(
            name: kind.rawValue,
            summary: kind.summary,
            formula: kind.formula,
            keys: MergeSettings.keyNames(of: kind),
            reference: kind.reference
        )
    }
}
