import Foundation

/// The Karcher mean of directions: the unit vector m with the least sum of squared angles to those
/// of all models, times their mean length (mergekit's `karcher`).
///
/// From the mean direction on, m moves by the mean of the arcs to all models until that is shorter
/// than `tolerance`. Tensors with a norm of at most `tolerance` have no direction and count with
/// their length alone.
package struct KarcherMean: TensorwiseMethod {
    /// The models.
    package var models: [String]
    /// How often the mean is moved at most.
    package var iterations: Int
    /// What counts as no length and no angle.
    package var tolerance: Double

    /// mergekit's numbers.
    package static let standardIterations = 10
    /// mergekit's numbers.
    package static let standardTolerance = 1e-5

    /// How many iterations there may be, in words.
    static let iterationWords = "a whole number from 0 to 100000"

    /// A mean of models.
    package init(
        _ models: [String],
        iterations: Int = standardIterations,
        tolerance: Double = standardTolerance
    ) {
        self.models = models
        self.iterations = iterations
        self.tolerance = tolerance
    }

    var inputs: [String] { models }

    var readsBase: Bool { false }

    var formula: String { "Karcher mean (\(models.joined(separator: ", ")))" }

    var source: MergeSource {
        models.count == 1 ? .copy(of: models[0]) : .combine(.tensorwise(.karcher(self)))
    }

    func check() throws(TensorwiseError) {
        guard !models.isEmpty else {
            throw .models(method: "karcher", expected: "one or more models", found: models)
        }
        try Self.checkNames(models, base: false)
        try Self.checkNumber(
            "iterations",
            Double(iterations),
            in: 0...100_000,
            Self.iterationWords
        )
        try Self.checkNumber("tolerance", tolerance, in: 0...1, "a small number, 0 or more")
    }

    func prepare(_ pass: TensorPass) -> PreparedCombination {
        let products = pass.products(fromBase: false)
        let count = models.count
        let norms = (0..<count).map { products[$0 * count + $0].squareRoot() }
        let valid = (0..<count).filter { norms[$0] > tolerance }
        guard !valid.isEmpty else {
            return .weightedSum(Self.sum(norms.map { $0 * 0 }, readsBase: false))
        }
        let cosines = valid.map { i in
            valid.map { j in products[i * count + j] / (norms[i] * norms[j]) }
        }
        let mean = UnitMean(cosines: cosines, tolerance: tolerance).shares(iterations: iterations)
        let length = norms.reduce(0, +) / Double(count)
        var factors = [Double](repeating: 0, count: count)
        for (index, share) in zip(valid, mean) { factors[index] = length * share / norms[index] }
        return .weightedSum(Self.sum(factors, readsBase: false))
    }
}

/// The Karcher mean of unit vectors that are known by their cosines alone: it is a sum of them.
private struct UnitMean {
    /// The cosine of each pair.
    let cosines: [[Double]]
    let tolerance: Double

    /// ⟨x, u_i⟩ of a sum of the vectors.
    private func product(_ shares: [Double], _ index: Int) -> Double {
        zip(shares, cosines[index]).reduce(0) { $0 + $1.0 * $1.1 }
    }

    private func norm(_ shares: [Double]) -> Double {
        let square = shares.indices.reduce(0) { $0 + shares[$1] * product(shares, $1) }
        return max(0, square).squareRoot()
    }

    private func divided(_ shares: [Double], by norm: Double) -> [Double] {
        shares.map { $0 / norm }
    }

    /// The share of each vector in the mean.
    func shares(iterations: Int) -> [Double] {
        let count = cosines.count
        var mean = [Double](repeating: 1 / Double(count), count: count)
        let start = norm(mean)
        if start < tolerance {
            mean = mean.indices.map { $0 == 0 ? 1 : 0 }
        } else {
            mean = divided(mean, by: start)
        }
        for _ in 0..<iterations {
            var tangent = [Double](repeating: 0, count: count)
            for index in 0..<count {
                let cosine = min(1, max(-1, product(mean, index)))
                let angle = acos(cosine)
                // The way to the opposite point is none more than another.
                guard angle >= tolerance, sin(angle) > 1e-9 else { continue }
                let factor = angle / sin(angle) / Double(count)
                for other in 0..<count { tangent[other] -= factor * cosine * mean[other] }
                tangent[index] += factor
            }
            let length = norm(tangent)
            guard length >= tolerance else { break }
            for index in 0..<count {
                mean[index] = cos(length) * mean[index] + sin(length) / length * tangent[index]
            }
            let unit = norm(mean)
            if unit > tolerance { mean = divided(mean, by: unit) }
        }
        return mean
    }
}
