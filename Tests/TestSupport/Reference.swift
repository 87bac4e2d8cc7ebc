import Foundation

/// Slow and obvious forms of every operation, in any precision: the oracle of the fast ones.
///
/// Matrices are lists, row after row. Nothing is shared with the kernels under test.
package enum Reference<Number: BinaryFloatingPoint> {
    /// y = x Wᵀ for x `[rows, in]` and W `[out, in]`.
    package static func linear(_ x: [Number], _ weight: [Number], width: Int) -> [Number] {
        let rows = x.count / width
        let outputs = weight.count / width
        var y = [Number](repeating: 0, count: rows * outputs)
        for row in 0..<rows {
            for out in 0..<outputs {
                var sum: Number = 0
                for k in 0..<width { sum += x[row * width + k] * weight[out * width + k] }
                y[row * outputs + out] = sum
            }
        }
        return y
    }

    /// g ⊙ x / √(mean(x²) + ε), each row of the gain's width.
    package static func rmsNorm(_ x: [Number], gain: [Number], epsilon: Number) -> [Number] {
        var y = x
        for start in stride(from: 0, to: x.count, by: gain.count) {
            var squares: Number = 0
            for i in 0..<gain.count { squares += x[start + i] * x[start + i] }
            let inverse = 1 / (squares / Number(gain.count) + epsilon).squareRoot()
            for i in 0..<gain.count { y[start + i] = x[start + i] * inverse * gain[i] }
        }
        return y
    }

    /// silu(g) ⊙ u for rows of g and u side by side.
    package static func swiGLU(_ gateUp: [Number], hidden: Int) -> [Number] {
        var y: [Number] = []
        for start in stride(from: 0, to: gateUp.count, by: 2 * hidden) {
            for i in 0..<hidden {
                let g = gateUp[start + i]
                y.append(g / (1 + power(-g)) * gateUp[start + hidden + i])
            }
        }
        return y
    }

    /// gelu(g) ⊙ u with the approximation by tanh, for rows of g and u side by side.
    package static func geGLU(_ gateUp: [Number], hidden: Int) -> [Number] {
        var y: [Number] = []
        for start in stride(from: 0, to: gateUp.count, by: 2 * hidden) {
            for i in 0..<hidden {
                let g = Double(gateUp[start + i])
                let inner = (2 / Double.pi).squareRoot() * (g + 0.044715 * g * g * g)
                y.append(Number(0.5 * g * (1 + tanh(inner))) * gateUp[start + hidden + i])
            }
        }
        return y
    }

    /// y + b in every row.
    package static func bias(_ y: [Number], _ bias: [Number]) -> [Number] {
        bias.isEmpty ? y : y.enumerated().map { $1 + bias[$0 % bias.count] }
    }

    /// The norm of every head among the first of each row: those of queries with one gain, those of
    /// keys with another.
    package static func headNorms(
        _ packed: [Number],
        columns: Int,
        gains: [[Number]],
        epsilon: Number
    ) -> [Number] {
        var y = packed
        for row in stride(from: 0, to: packed.count, by: columns) {
            for (head, gain) in gains.enumerated() {
                let range = row + head * gain.count..<row + (head + 1) * gain.count
                y.replaceSubrange(
                    range,
                    with: rmsNorm(Array(packed[range]), gain: gain, epsilon: epsilon)
                )
            }
        }
        return y
    }

    /// Turns the first `headCount` heads of each row to the row's position in its segment.
    package static func rotate(
        _ x: [Number],
        columns: Int,
        headCount: Int,
        headWidth: Int,
        theta: Double,
        segmentOffsets: [Int]
    ) -> [Number] {
        var y = x
        let half = headWidth / 2
        for segment in 1..<segmentOffsets.count {
            for token in segmentOffsets[segment - 1]..<segmentOffsets[segment] {
                let position = Double(token - segmentOffsets[segment - 1])
                for head in 0..<headCount {
                    for i in 0..<half {
                        // The product of two floats, as the checkpoints' own code rounds it.
                        let frequency = Float(pow(theta, -2 * Double(i) / Double(headWidth)))
                        let angle = Double(Float(position) * frequency)
                        let low = token * columns + head * headWidth + i
                        let a = x[low]
                        let b = x[low + half]
                        y[low] = a * Number(cos(angle)) - b * Number(sin(angle))
                        y[low + half] = b * Number(cos(angle)) + a * Number(sin(angle))
                    }
                }
            }
        }
        return y
    }

    /// Causal grouped-query attention inside each segment; queries, keys and values side by side.
    package static func attention(
        _ packed: [Number],
        headCount: Int,
        keyValueHeadCount: Int,
        headWidth: Int,
        segmentOffsets: [Int],
        scale: Number? = nil,
        window: Int? = nil
    ) -> [Number] {
        let scale = scale ?? 1 / Number(headWidth).squareRoot()
        let columns = (headCount + 2 * keyValueHeadCount) * headWidth
        let tokens = packed.count / columns
        var output = [Number](repeating: 0, count: tokens * headCount * headWidth)
        for segment in 1..<segmentOffsets.count {
            let first = segmentOffsets[segment - 1]
            for query in first..<segmentOffsets[segment] {
                for head in 0..<headCount {
                    let shared = head / (headCount / keyValueHeadCount)
                    let q = query * columns + head * headWidth
                    var weights: [Number] = []
                    let first = max(first, window.map { query - $0 + 1 } ?? first)
                    for key in first...query {
                        let k = key * columns + (headCount + shared) * headWidth
                        var score: Number = 0
                        for i in 0..<headWidth { score += packed[q + i] * packed[k + i] }
                        weights.append(power(score * scale))
                    }
                    let total = weights.reduce(0, +)
                    for (place, weight) in weights.enumerated() {
                        let v =
                            (first + place) * columns
                            + (headCount + keyValueHeadCount + shared) * headWidth
                        for i in 0..<headWidth {
                            output[(query * headCount + head) * headWidth + i] +=
                                weight / total * packed[v + i]
                        }
                    }
                }
            }
        }
        return output
    }

    /// Σ log Σ e^z − z[target] over rows whose target is not negative.
    package static func crossEntropy(
        _ logits: [Number],
        targets: [Int32],
        vocabulary: Int
    ) -> Number {
        var total: Number = 0
        for (row, target) in targets.enumerated() where target >= 0 {
            let z = logits[(row * vocabulary)..<((row + 1) * vocabulary)]
            let largest = z.max() ?? 0
            let sum = z.reduce(Number(0)) { $0 + power($1 - largest) }
            total += largest + Number(log(Double(sum))) - logits[row * vocabulary + Int(target)]
        }
        return total
    }

    /// e to a power; exact to `Double`.
    private static func power(_ x: Number) -> Number { Number(exp(Double(x))) }
}
