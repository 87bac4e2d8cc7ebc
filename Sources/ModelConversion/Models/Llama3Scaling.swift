import Foundation

/// The scaling of rotary frequencies of Llama 3, which GGUF has as one factor for each frequency.
///
/// With wavelength λ = 2π · θ^(2i/d), context C, factor f, and low and high factors l and h: λ < C
/// / h keeps its frequency, λ > C / l is divided by f, and between them the factor is 1 / ((1 − s)
/// / f + s) with s = (C / λ − l) / (h − l).
struct Llama3Scaling: Equatable {
    /// f.
    var factor: Double
    /// l.
    var low: Double
    /// h.
    var high: Double
    /// C.
    var originalContext: Int

    /// One factor for each of the `headWidth` / 2 frequencies.
    func factors(theta: Double, headWidth: Int) -> [Float] {
        stride(from: 0, to: headWidth, by: 2).map { index in
            let wavelength = 2 * Double.pi * pow(theta, Double(index) / Double(headWidth))
            let context = Double(originalContext)
            if wavelength < context / high { return 1 }
            if wavelength > context / low { return Float(factor) }
            let smooth = (context / wavelength - low) / (high - low)
            return Float(1 / ((1 - smooth) / factor + smooth))
        }
    }

    /// Finds the scaling that gives some factors; nil when it is none of those that models have.
    ///
    /// The published models have l = 1, h = 4 and C = 8,192; short tests have other contexts.
    init?(of factors: [Float], theta: Double) {
        guard let largest = factors.max(), largest >= 1, largest.isFinite else { return nil }
        for context in [8_192] + (4...20).map({ 1 << $0 }) {
            let candidate = Llama3Scaling(
                factor: Double(largest),
                low: 1,
                high: 4,
                originalContext: context
            )
            let computed = candidate.factors(theta: theta, headWidth: factors.count * 2)
            let isSame = zip(computed, factors).allSatisfy { abs($0 - $1) <= 1e-4 * abs($1) }
            guard isSame else { continue }
            self = candidate
            return
        }
        return nil
    }

    /// Takes the numbers of a configuration.
    init(factor: Double, low: Double, high: Double, originalContext: Int) {
        self.factor = factor
        self.low = low
        self.high = high
        self.originalContext = originalContext
    }
}
