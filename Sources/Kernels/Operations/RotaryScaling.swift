import Foundation

/// Changed frequencies of rotary positions, by which a model reads more than it was trained on first.
package enum RotaryScaling: Hashable, Sendable {
    /// Every frequency divided by a factor: positions are pressed together (Chen et al., 2023).
    case linear(factor: Double)
    /// As in Llama 3.1: slow frequencies divided by a factor, fast ones kept, those between mixed.
    ///
    /// With the wavelength λ = 2π / f and the original context C, a frequency f becomes f / factor where
    /// λ > C / low, stays where λ < C / high, and is (1 − s) f / factor + s f between them, with
    /// s = (C / λ − low) / (high − low).
    case llama3(factor: Double, low: Double, high: Double, originalContext: Double)

    /// The frequency in place of a plain one.
    func frequency(_ plain: Double) -> Double {
        switch self {
        case .linear(let factor): return plain / factor
        case .llama3(let factor, let low, let high, let context):
            let wavelength = 2 * Double.pi / plain
            if wavelength > context / low { return plain / factor }
            if wavelength < context / high { return plain }
            let share = (context / wavelength - low) / (high - low)
            return (1 - share) * plain / factor + share * plain
        }
    }
}
