import Kernels

extension TensorCombination {
    /// Σ w_i θ_i.
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
