import Foundations

extension Estimate {
    /// The value with its standard error where it is known: `0.836 ±0.017`.
    package var text: String {
        [NumberText.fixed(value), errorText].compactMap { $0 }.joined(separator: " ")
    }

    /// The standard error: `±0.017`; nil when it is unknown.
    package var errorText: String? { standardError.map { "±" + NumberText.fixed($0) } }
}
