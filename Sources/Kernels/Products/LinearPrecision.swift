/// The numbers that linear layers multiply.
///
/// Weights, gradients, moments, norms, softmax and losses are in single precision always; with
/// bfloat16 only the operands of matrix products are rounded, and their sums are not.
package enum LinearPrecision: String, CaseIterable, Codable, Sendable {
    /// IEEE single precision.
    case float32 = "fp32"
    /// The upper half of single precision: eight bits of exponent, eight of significand.
    case bfloat16 = "bf16"

    /// Loads what products need and returns what multiplies.
    ///
    /// - Throws: `OneDNN.Unavailable`, `OpenBLAS.LoadingError`.
    package func load() throws -> String {
        switch self {
        case .float32: try ProductMethod.preferred.load()
        case .bfloat16: "oneDNN \(try OneDNN.load().version) in bf16"
        }
    }

    /// This precision where it can be had, single precision elsewhere, and why.
    package var orFallback: (precision: LinearPrecision, reason: String?) {
        guard self == .bfloat16 else { return (self, nil) }
        do {
            try OneDNN.load()
            return (self, nil)
        } catch {
            return (.float32, error.description)
        }
    }
}
