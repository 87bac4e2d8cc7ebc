import Foundation

/// Softmax cross-entropy: the loss of a row is log Σ e^z − z[target].
///
/// Losses are summed and never averaged here: the caller divides once a step by the number of
/// counted tokens, over all micro-batches.
package enum CrossEntropy {
    /// Adds up the losses of rows and turns their logits into gradients of that sum, in place.
    ///
    /// dz = softmax(z) − onehot(target). Every row counts: rows without a target are left out by
    /// the caller before the logits are made.
    ///
    /// - Parameters:
    ///   - logits: z, `[rows, vocabulary]`; overwritten by dz.
    ///   - targets: The token that each row has to predict.
    /// - Returns: Σ over rows of the loss, in nats.
    package static func forwardBackward(
        logits: MatrixView,
        targets: UnsafeBufferPointer<Int32>
    ) -> Double {
        check(logits, targets)
        var total = 0.0
        for (row, target) in targets.enumerated() {
            let z = logits.base + row * logits.rowStride
            let chosen = Double(z[Int(target)])
            // The exponentials are kept on the way to their sum, and then only scaled.
            let shape = softmaxShape(z, logits.columns, keepsExponentials: true)
            total += shape.logSum - chosen
            let inverse = Lanes(repeating: Float(1 / shape.sum))
            var i = 0
            while i + laneCount <= logits.columns {
                store(load(z + i) * inverse, z + i)
                i += laneCount
            }
            while i < logits.columns {
                z[i] *= inverse[0]
                i += 1
            }
            z[Int(target)] -= 1
        }
        return total
    }

    /// Writes log softmax(z)[target] of each row.
    ///
    /// - Parameters:
    ///   - logits: z, `[rows, vocabulary]`; left as they are.
    ///   - targets: The token of each row.
    ///   - output: One log probability a row; overwritten.
    package static func logProbabilities(
        logits: MatrixView,
        targets: UnsafeBufferPointer<Int32>,
        output: UnsafeMutableBufferPointer<Float>
    ) {
        check(logits, targets)
        precondition(
            output.count == targets.count,
            "\(targets.count) log probabilities for room of \(output.count)"
        )
        for (row, target) in targets.enumerated() {
            let z = logits.base + row * logits.rowStride
            output[row] = Float(Double(z[Int(target)]) - softmaxShape(z, logits.columns).logSum)
        }
    }

    private struct SoftmaxShape {
        let maximum: Float
        let sum: Double
        var logSum: Double { Double(maximum) + log(sum) }
    }

    private static func check(_ logits: MatrixView, _ targets: UnsafeBufferPointer<Int32>) {
        precondition(
            logits.rows == targets.count,
            "\(targets.count) targets for logits \(logits.shapeText)"
        )
        checkIdentifiers(targets, "target", vocabularySize: logits.columns)
    }

    /// The largest of some logits and the sum of the exponentials of what they lack to it.
    ///
    /// - Parameters:
    ///   - z: The logits.
    ///   - count: How many there are.
    ///   - keepsExponentials: Whether the exponentials take the place of the logits.
    /// - Returns: What the softmax of the logits is made of.
    @inline(__always)
    private static func softmaxShape(
        _ z: UnsafeMutablePointer<Float>,
        _ count: Int,
        keepsExponentials: Bool = false
    ) -> SoftmaxShape {
        var largest = Lanes(repeating: -.infinity)
        var i = 0
        while i + laneCount <= count {
            let value = load(z + i)
            largest = largest.replacing(with: value, where: value .> largest)
            i += laneCount
        }
        if i < count {
            let value = loadPart(z + i, count - i, filler: -.infinity)
            largest = largest.replacing(with: value, where: value .> largest)
        }
        let maximum = laneMaximum(largest)
        let shift = Lanes(repeating: maximum)
        var sums = Lanes.zero
        i = 0
        while i + laneCount <= count {
            let value = exponential(load(z + i) - shift)
            sums += value
            if keepsExponentials { store(value, z + i) }
            i += laneCount
        }
        var sum = Double(laneSum(sums))
        if i < count {
            let part = exponential(loadPart(z + i, count - i) - shift)
            for lane in 0..<(count - i) { sum += Double(part[lane]) }
            if keepsExponentials { storePart(part, z + i, count - i) }
        }
        return SoftmaxShape(maximum: maximum, sum: sum)
    }
}
