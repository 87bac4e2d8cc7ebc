import Foundation
import Kernels

/// The place of consecutive elements in a model.
package struct TensorPart: Hashable, Sendable {
    /// The name of the tensor.
    package let tensor: String
    /// The number of elements of the tensor that stand before the part.
    package let offset: Int

    /// The elements of a tensor from `offset` on.
    package init(of tensor: String, from offset: Int = 0) {
        self.tensor = tensor
        self.offset = offset
    }
}

/// Arithmetic that makes one tensor out of the same tensor of several models.
///
/// It knows neither files nor memory layouts; merging between files and merging in memory both
/// call `apply`. Everything is computed in `Double` and rounded once to `Float`.
package enum TensorCombination: Hashable, Sendable, CustomStringConvertible {
    /// Σ w_i θ_i.
    ///
    /// When all θ_i are equal and the weights sum to one, the result is that θ to the bit.
    case weightedSum([MergeTerm])
    /// θ_0 + λ Σ w_i τ_i.
    case taskArithmetic(TaskArithmetic)
    /// θ_0 + λ times the average of the trimmed τ_i that agree in sign.
    case ties(TIES)
    /// θ_0 + λ Σ w_i τ_i with entries of τ_i dropped by chance and the others enlarged.
    case dare(DARE)

    /// The models, in the order in which `apply` takes them.
    package var inputs: [String] {
        switch self {
        case .weightedSum(let terms): terms.map(\.input)
        case .taskArithmetic(let method): method.inputs
        case .ties(let method): method.inputs
        case .dare(let method): method.inputs
        }
    }

    /// Whether each element depends on its place and on the same element of the models alone, so
    /// that a tensor can be worked on in parts.
    package var isElementwise: Bool {
        switch self {
        case .weightedSum, .taskArithmetic, .dare: true
        // Which entries are kept depends on all entries of the tensor.
        case .ties: false
        }
    }

    /// Computes a part of a tensor; overwrites `output`, which must be none of the sources.
    ///
    /// - Parameters:
    ///   - sources: The same part of each of `inputs`.
    ///   - output: The part of the merged tensor.
    ///   - part: Where it stands; the whole tensor, from 0, unless `isElementwise`.
    /// - Precondition: one source for each of `inputs`, all as long as `output`.
    package func apply(_ sources: [FloatView], into output: FloatView, part: TensorPart) {
        precondition(sources.count == inputs.count, "one source for each model")
        precondition(sources.allSatisfy { $0.count == output.count }, "sources of one length")
        precondition(isElementwise || part.offset == 0, "a tensor that cannot be cut in parts")
        switch self {
        case .weightedSum(let terms):
            Self.weightedSum(sources, weights: terms.map(\.weight), into: output)
        case .taskArithmetic(let method): method.apply(sources, into: output)
        case .ties(let method): method.apply(sources, into: output)
        case .dare(let method): method.apply(sources, into: output, part: part)
        }
    }

    /// For people: `0.500 language + 0.500 math`, or `base + 1.000 (1.000 τ math)`.
    package var description: String {
        switch self {
        case .weightedSum(let terms): MergeTerm.sum(terms)
        case .taskArithmetic(let method): method.formula
        case .ties(let method): method.formula
        case .dare(let method): method.formula
        }
    }
}

extension MergeTerm {
    /// For people: `0.500 language + 0.500 math`, or with τ before each name.
    static func sum(_ terms: [MergeTerm], symbol: String = "") -> String {
        terms.map { "\(text(of: $0.weight)) \(symbol)\($0.input)" }.joined(separator: " + ")
    }

    /// A number with three digits after the point.
    static func text(of number: Double) -> String { String(format: "%.3f", number) }
}
