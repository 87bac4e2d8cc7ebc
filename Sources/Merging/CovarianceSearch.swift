import Foundation
import Foundations
import Kernels

/// CMA-ES, the evolution strategy with covariance matrix adaptation (Hansen, arXiv 1604.00772):
/// draws generations of candidates from a normal distribution, and moves its mean, its step size
/// and its covariance towards the better half.
///
/// Candidates are taken back into 0 to 1 before they are scored; the distance by which one was
/// outside is taken off its score, so that the distribution does not wander off. Constants are
/// the defaults of the tutorial (its table 1), without its negative weights.
package struct CovarianceSearch: CoefficientSearch {
    private let dimension: Int
    /// λ, the candidates of a generation.
    private let populationSize: Int
    /// The weights of the better half, which sum to one.
    private let weights: [Double]
    private let constants: Constants

    private var mean: [Double]
    private var sigma: Double
    private var covariance: DenseMatrix
    /// C^(1/2), with which normal numbers become steps, and C^(−1/2), which whitens them.
    ///
    /// The symmetric root depends on neither the order nor the signs of the eigenvectors, nor on
    /// the choice among those of equal values, of which the first generations have many.
    private var root: DenseMatrix
    private var inverseRoot: DenseMatrix
    private var sigmaPath: [Double]
    private var covariancePath: [Double]
    private var generation = 0
    private var generator: SeededGenerator
    private var members: [Member] = []

    /// What an eigenvalue that rounding has brought to zero or below counts as.
    private static let smallest = 1e-20

    private struct Member {
        /// The step from the mean in units of σ.
        var step: [Double]
        /// The square of the distance outside of 0 to 1.
        var outside: Double
        var score = -Double.infinity
    }

    /// The learning rates, which depend on the dimension and the weights alone.
    private struct Constants {
        let effective, cSigma, damping, cCovariance, rankOne, rankMu, expectedNorm: Double

        init(dimension: Int, weights: [Double]) {
            let n = Double(dimension)
            let mu = 1 / weights.reduce(0) { $0 + $1 * $1 }
            effective = mu
            cSigma = (mu + 2) / (n + mu + 5)
            damping = 1 + 2 * max(0, ((mu - 1) / (n + 1)).squareRoot() - 1) + cSigma
            cCovariance = (4 + mu / n) / (n + 4 + 2 * mu / n)
            rankOne = 2 / ((n + 1.3) * (n + 1.3) + mu)
            rankMu = min(1 - rankOne, 2 * (mu - 2 + 1 / mu) / ((n + 2) * (n + 2) + mu))
            expectedNorm = n.squareRoot() * (1 - 1 / (4 * n) + 1 / (21 * n * n))
        }
    }

    /// Begins around a candidate.
    ///
    /// - Parameters:
    ///   - start: The mean of the first generation.
    ///   - sigma: The first step size.
    ///   - seed: The seed of all draws.
    package init(from start: [Double], sigma: Double = 0.3, seed: UInt64) {
        dimension = start.count
        let size = 4 + Int(3 * log(Double(max(1, start.count))))
        populationSize = size
        let raw = (1...size / 2).map { log(Double(size + 1) / 2) - log(Double($0)) }
        let sum = raw.reduce(0, +)
        let weights = raw.map { $0 / sum }
        self.weights = weights
        constants = Constants(dimension: dimension, weights: weights)
        mean = start
        self.sigma = sigma
        covariance = .identity(dimension)
        root = covariance
        inverseRoot = covariance
        sigmaPath = [Double](repeating: 0, count: dimension)
        covariancePath = sigmaPath
        generator = SeededGenerator(seed: seed, stream: "CMA-ES")
    }

    /// The next candidate; there is always one.
    package mutating func next() -> [Double]? {
        if members.count == populationSize { adapt() }
        let normal = (0..<dimension).map { _ in generator.normal() }
        let step = root.times(normal)
        let drawn = zip(mean, step).map { $0 + sigma * $1 }
        let candidate = drawn.map { min(1, max(0, $0)) }
        let outside = zip(drawn, candidate).reduce(0) { $0 + ($1.0 - $1.1) * ($1.0 - $1.1) }
        members.append(Member(step: step, outside: outside))
        return candidate
    }

    /// Takes the score of the candidate that was drawn last.
    package mutating func tell(_ score: Double) {
        guard !members.isEmpty else { return }
        members[members.count - 1].score = score - members[members.count - 1].outside
    }

    /// Ends a generation.
    private mutating func adapt() {
        generation += 1
        // Of equal scores the earlier one, so that nothing depends on the sorting.
        let order = members.indices.sorted {
            (members[$1].score, $0) < (members[$0].score, $1)
        }
        let chosen = zip(weights, order).map { ($0, members[$1].step) }
        members = []
        var move = [Double](repeating: 0, count: dimension)
        for (weight, step) in chosen {
            for i in 0..<dimension { move[i] += weight * step[i] }
        }
        for i in 0..<dimension { mean[i] += sigma * move[i] }
        adaptStepSize(move)
        adaptCovariance(move, chosen)
        // Without a decomposition, for numbers that are not finite, the axes stay.
        guard let axes = Eigendecomposition(of: covariance) else { return }
        root = axes.applying { max($0, Self.smallest).squareRoot() }
        inverseRoot = axes.applying { 1 / max($0, Self.smallest).squareRoot() }
    }

    private mutating func adaptStepSize(_ move: [Double]) {
        let rate = constants.cSigma
        let whitened = inverseRoot.times(move)
        let factor = (rate * (2 - rate) * constants.effective).squareRoot()
        for i in 0..<dimension {
            sigmaPath[i] = (1 - rate) * sigmaPath[i] + factor * whitened[i]
        }
        let length = norm(sigmaPath) / constants.expectedNorm
        sigma *= exp(min(1, rate / constants.damping * (length - 1)))
    }

    private mutating func adaptCovariance(
        _ move: [Double],
        _ chosen: [(weight: Double, step: [Double])]
    ) {
        let rate = constants.cCovariance
        let decay = 1 - pow(1 - constants.cSigma, 2 * Double(generation))
        let limit = (1.4 + 2 / Double(dimension + 1)) * constants.expectedNorm
        // While the step size grows fast, the path does not count.
        let counts = norm(sigmaPath) / decay.squareRoot() < limit
        let factor = counts ? (rate * (2 - rate) * constants.effective).squareRoot() : 0
        for i in 0..<dimension {
            covariancePath[i] = (1 - rate) * covariancePath[i] + factor * move[i]
        }
        let loss = counts ? 0 : constants.rankOne * rate * (2 - rate)
        let kept = 1 + loss - constants.rankOne - constants.rankMu
        for i in 0..<dimension {
            for j in 0...i {
                var value = kept * covariance[i, j]
                value += constants.rankOne * covariancePath[i] * covariancePath[j]
                for (weight, step) in chosen {
                    value += constants.rankMu * weight * step[i] * step[j]
                }
                covariance[i, j] = value
                covariance[j, i] = value
            }
        }
    }

    private func norm(_ vector: [Double]) -> Double {
        vector.reduce(0) { $0 + $1 * $1 }.squareRoot()
    }
}
