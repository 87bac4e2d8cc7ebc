import Kernels

/// A combination of which all that depends on the whole tensor is known, so that any part of the
/// tensor can be computed.
package enum PreparedCombination: Sendable {
    /// Σ w_i θ_i.
    case weightedSum([Double])
    /// The base and task vectors.
    case taskVectors(PreparedTaskVectors)
    /// By the Fisher information of the models, with their weights.
    case fisher([Double])
    /// A tensor that had to be computed as a whole.
    case whole(SharedBuffer)
    /// What a method has prepared for itself.
    case parts(any PreparedPart)

    /// Whether parts must hold whole rows.
    package var needsRows: Bool {
        switch self {
        case .weightedSum, .fisher, .whole: false
        case .taskVectors(let prepared): prepared.method.needsRows
        case .parts(let prepared): prepared.needsRows
        }
    }

    /// Computes a part of a tensor; overwrites `output`, which must be none of the sources.
    ///
    /// Everything is computed in `Double` and rounded once to `Float`.
    ///
    /// - Parameters:
    ///   - sources: The same part of each of the combination's inputs.
    ///   - output: The part of the merged tensor.
    ///   - part: Where it stands.
    /// - Precondition: one source for each input, all as long as `output`.
    package func apply(_ sources: [FloatView], into output: FloatView, part: TensorPart) {
        precondition(sources.allSatisfy { $0.count == output.count }, "sources of one length")
        switch self {
        case .weightedSum(let weights):
            precondition(sources.count == weights.count, "one source for each weight")
            Self.weightedSum(sources, weights: weights, into: output)
        case .taskVectors(let prepared):
            prepared.apply(sources, into: output, part: part)
        case .fisher(let weights):
            DataWeightedAverage.fisher(sources, weights: weights, into: output)
        case .whole(let tensor):
            output.copy(from: tensor.view[part.offset..<part.offset + output.count])
        case .parts(let prepared): prepared.apply(sources, into: output, part: part)
        }
    }

    /// When all θ_i are equal and the weights sum to one, the result is that θ to the bit.
    static func weightedSum(
        _ sources: [FloatView],
        weights: [Double],
        into output: FloatView
    ) {
        ElementBlock.forEach(of: output.count) { range, sums in
            sums.update(repeating: 0)
            for (source, weight) in zip(sources, weights) {
                source[range].withFloats { values in
                    for i in 0..<values.count { sums[i] += weight * Double(values[i]) }
                }
            }
            output[range].withMutableFloats { values in
                for i in 0..<values.count { values[i] = Float(sums[i]) }
            }
        }
    }
}

/// What computes any part of a tensor once the whole has been looked at.
package protocol PreparedPart: Sendable {
    /// Whether parts must hold whole rows.
    var needsRows: Bool { get }

    /// Computes a part; overwrites `output`.
    ///
    /// - Parameters:
    ///   - sources: The same part of each of the combination's inputs, all as long as `output`.
    ///   - output: The part of the merged tensor.
    ///   - part: Where it stands.
    func apply(_ sources: [FloatView], into output: FloatView, part: TensorPart)
}
