/// A stretch of one tensor that is updated at once; its borders depend on the model alone, and so
/// do all sums.
struct OptimizerPiece: Sendable {
    /// Elements of the flat buffer.
    let range: Range<Int>
    /// Elements of the moments of all parts.
    let moments: Range<Int>
    /// λ, zero for gains and biases.
    let weightDecay: Double

    private static let length = 1 << 15

    /// Cuts the tensors of each part.
    static func cut(_ parts: [[Optimizer.Tensor]], weightDecay: Double) -> [[OptimizerPiece]] {
        var count = 0
        return parts.map { tensors in
            tensors.flatMap { tensor in
                let end = tensor.range.upperBound
                return stride(from: tensor.range.lowerBound, to: end, by: length).map { start in
                    let range = start..<min(start + length, end)
                    defer { count += range.count }
                    return OptimizerPiece(
                        range: range,
                        moments: count..<(count + range.count),
                        weightDecay: tensor.decays ? weightDecay : 0
                    )
                }
            }
        }
    }
}
