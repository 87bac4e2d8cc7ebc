import CProcessor
import Foundation

/// One AdamW update with decoupled weight decay, as `torch.optim.AdamW` does it.
///
/// p ← p (1 − η λ); m ← β₁ m + (1 − β₁) g; v ← β₂ v + (1 − β₂) g²;
/// p ← p − η/(1 − β₁ᵗ) · m / (√v / √(1 − β₂ᵗ) + ε).
/// Loshchilov and Hutter, 2019, "Decoupled Weight Decay Regularization".
package struct AdamW: Sendable {
    /// η, the learning rate of this step.
    package var learningRate: Double
    /// β₁, decay of the first moment.
    package var beta1: Double
    /// β₂, decay of the second moment.
    package var beta2: Double
    /// ε, added outside the root.
    package var epsilon: Double
    /// t, the number of this update, from 1.
    package var step: Int

    /// Describes one update.
    package init(
        learningRate: Double,
        beta1: Double = 0.9,
        beta2: Double = 0.95,
        epsilon: Double = 1e-8,
        step: Int
    ) {
        precondition(step >= 1, "updates are counted from 1, not \(step)")
        self.learningRate = learningRate
        self.beta1 = beta1
        self.beta2 = beta2
        self.epsilon = epsilon
        self.step = step
    }

    /// Updates parameters and moments of one range.
    ///
    /// - Parameters:
    ///   - parameters: p; overwritten.
    ///   - gradients: g before scaling.
    ///   - firstMoment: m; overwritten.
    ///   - secondMoment: v; overwritten.
    ///   - gradientScale: What g is multiplied by first: clipping and the division by the number of
    ///     counted tokens in one factor.
    ///   - weightDecay: λ; zero for vectors such as norm gains.
    package func update(
        parameters: FloatView,
        gradients: FloatView,
        firstMoment: FloatView,
        secondMoment: FloatView,
        gradientScale: Float,
        weightDecay: Double
    ) {
        let count = parameters.count
        precondition(
            gradients.count == count && firstMoment.count == count && secondMoment.count == count,
            "\(gradients.count) gradients, \(firstMoment.count) and \(secondMoment.count) moments of "
                + "\(count) parameters"
        )
        let keep = Float(1 - learningRate * weightDecay)
        let rate = Float(learningRate / (1 - pow(beta1, Double(step))))
        let rootCorrection = Float(1 / (1 - pow(beta2, Double(step))).squareRoot())
        let b1 = Float(beta1)
        let b2 = Float(beta2)
        let g1 = Float(1 - beta1)
        let g2 = Float(1 - beta2)
        let e = Float(epsilon)
        let p = parameters.base
        let g = gradients.base
        let m = firstMoment.base
        let v = secondMoment.base
        var i = 0
        while i + laneCount <= count {
            let gradient = load(g + i) * Lanes(repeating: gradientScale)
            let first = (load(m + i) * Lanes(repeating: b1))
                .addingProduct(gradient, Lanes(repeating: g1))
            let second = (load(v + i) * Lanes(repeating: b2))
                .addingProduct(gradient * gradient, Lanes(repeating: g2))
            let root = processor_square_roots(second) * Lanes(repeating: rootCorrection)
            let change = first * Lanes(repeating: rate) / (root + Lanes(repeating: e))
            store(load(p + i) * Lanes(repeating: keep) - change, p + i)
            store(first, m + i)
            store(second, v + i)
            i += laneCount
        }
        while i < count {
            let gradient = g[i] * gradientScale
            m[i] = (m[i] * b1).addingProduct(gradient, g1)
            v[i] = (v[i] * b2).addingProduct(gradient * gradient, g2)
            let change = m[i] * rate / (v[i].squareRoot() * rootCorrection + e)
            p[i] = p[i] * keep - change
            i += 1
        }
    }
}
