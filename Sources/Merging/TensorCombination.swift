import Foundation
import Kernels

/// Arithmetic that makes one tensor out of the same tensor of several models.
///
/// It knows neither files nor memory layouts; merging between files and merging in memory both
/// call `apply`.
package enum TensorCombination: Hashable, Sendable, CustomStringConvertible {
    /// Σ w_i θ_i, summed in `Double` and rounded once to `Float`.
    ///
    /// When all θ_i are equal and the weights sum to one, the result is that θ to the bit.
    case weightedSum([MergeTerm])

    /// The models, in the order in which `apply` takes them.
    package var inputs: [String] {
        switch self {
        case .weightedSum(let terms): terms.map(\.input)
        }
    }

    /// Whether each element depends on the same element of the models alone, so that a tensor can
    /// be worked on in parts.
    package var isElementwise: Bool {
        switch self {
        case .weightedSum: true
        }
    }

    /// Computes the tensor; overwrites `output`, which must be none of the sources.
    ///
    /// - Precondition: one source for each of `inputs`, all as long as `output`.
    package func apply(_ sources: [FloatView], into output: FloatView) {
        precondition(sources.count == inputs.count, "one source for each model")
        precondition(sources.allSatisfy { $0.count == output.count }, "sources of one length")
        switch self {
        case .weightedSum(let terms):
            Self.weightedSum(sources, weights: terms.map(\.weight), into: output)
        }
    }

    private static func weightedSum(
        _ sources: [FloatView],
        weights: [Double],
        into output: FloatView
    ) {
        let length = 4096
        withUnsafeTemporaryAllocation(of: Double.self, capacity: length) { sums in
            for start in stride(from: 0, to: output.count, by: length) {
                let range = start..<min(start + length, output.count)
                sums.initialize(repeating: 0)
                for (source, weight) in zip(sources, weights) {
                    source[range].withUnsafeBytes { bytes in
                        // A view's memory is bound to Float by the buffer that owns it.
                        let values = bytes.assumingMemoryBound(to: Float.self)
                        for i in 0..<values.count { sums[i] += weight * Double(values[i]) }
                    }
                }
                output[range].withUnsafeMutableBytes { bytes in
                    let values = bytes.assumingMemoryBound(to: Float.self)
                    for i in 0..<values.count { values[i] = Float(sums[i]) }
                }
            }
        }
    }

    /// For people: `0.500 language + 0.500 math`.
    package var description: String {
        switch self {
        case .weightedSum(let terms):
            terms.map { String(format: "%.3f ", $0.weight) + $0.input }.joined(separator: " + ")
        }
    }
}
