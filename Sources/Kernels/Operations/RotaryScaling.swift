import Foundation

/// Changed frequencies of rotary positions, by which a model reads more than it was trained on
/// first.
package enum RotaryScaling: Hashable, Sendable {
    /// Every frequency divided by a factor: positions are pressed together (Chen et al., 2023).
    case linear(factor: Double)
    /// As in Llama 3.1: slow frequencies divided by a factor, fast ones kept, those between mixed.
    ///
    /// With the wavelength λ = 2π / f and the original context C, a frequency f becomes f / factor
    /// where λ > C / low, stays where λ < C / high, and is (1 − s) f / factor + s f between them,
    /// with s = (C / λ − low) / (high − low).
    case llama3(factor: Double, low: Double, high: Double, originalContext: Double)
    /// Frequencies that turn often in the original context kept, those that turn seldom divided by
    /// a factor, a ramp between them, and heads made larger (Peng et al., 2023, "YaRN").
    case yarn(Yarn)
    /// Plain frequencies up to the positions that the model is made for, and others beyond them,
    /// which are not computed here: no sequence is longer (`dynamic` of `transformers`).
    case dynamic(factor: Double)

    /// The numbers of YaRN.
    package struct Yarn: Hashable, Sendable {
        /// What slow frequencies are divided by.
        package var factor: Double
        /// C, the positions that the model was trained on first.
        package var originalContext: Double
        /// Turns within C from which a frequency is kept.
        package var fastTurns: Double
        /// Turns within C up to which a frequency is divided.
        package var slowTurns: Double
        /// Whether the ends of the ramp are whole numbers.
        package var truncates: Bool
        /// What cosines and sines are multiplied by.
        package var attentionFactor: Double

        /// Describes the scaling.
        ///
        /// - Parameters:
        ///   - factor: What slow frequencies are divided by.
        ///   - originalContext: The positions that the model was trained on first.
        ///   - fastTurns: Turns from which a frequency is kept (`beta_fast`).
        ///   - slowTurns: Turns up to which a frequency is divided (`beta_slow`).
        ///   - truncates: Whether the ends of the ramp are whole numbers (`truncate`).
        ///   - attentionFactor: What cosines and sines are multiplied by; 1 + 0.1 ln factor when
        ///     nil.
        package init(
            factor: Double,
            originalContext: Double,
            fastTurns: Double = 32,
            slowTurns: Double = 1,
            truncates: Bool = true,
            attentionFactor: Double? = nil
        ) {
            self.factor = factor
            self.originalContext = originalContext
            self.fastTurns = fastTurns
            self.slowTurns = slowTurns
            self.truncates = truncates
            self.attentionFactor = attentionFactor ?? Self.magnitude(factor)
        }

        /// 1 + 0.1 m ln factor, or 1 for a factor that presses nothing.
        package static func magnitude(_ factor: Double, times m: Double = 1) -> Double {
            factor <= 1 ? 1 : 0.1 * m * log(factor) + 1
        }

        /// The frequencies in place of plain ones.
        ///
        /// The number of the pair that turns n times in C is w ln(C / 2πn) / (2 ln θ); the ramp
        /// goes from that of the fast turns to that of the slow ones.
        func frequencies(_ plain: [Double], theta: Double) -> [Double] {
            let width = Double(2 * plain.count)
            func pair(_ turns: Double) -> Double {
                width * log(originalContext / (turns * 2 * Double.pi)) / (2 * log(theta))
            }
            var (low, high) = (pair(fastTurns), pair(slowTurns))
            if truncates { (low, high) = (low.rounded(.down), high.rounded(.up)) }
            (low, high) = (max(low, 0), min(high, width - 1))
            if low == high { high += 0.001 }
            return plain.enumerated().map { index, frequency in
                let divided = min(1, max(0, (Double(index) - low) / (high - low)))
                return frequency / factor * divided + frequency * (1 - divided)
            }
        }
    }

    /// What cosines and sines are multiplied by.
    var magnitude: Double { if case .yarn(let yarn) = self { yarn.attentionFactor } else { 1 } }

    /// The frequencies in place of plain ones θ^(−2i/w).
    func frequencies(_ plain: [Double], theta: Double) -> [Double] {
        switch self {
        case .dynamic: plain
        case .linear(let factor): plain.map { $0 / factor }
        case .yarn(let yarn): yarn.frequencies(plain, theta: theta)
        case .llama3(let factor, let low, let high, let context):
            plain.map { frequency in
                let wavelength = 2 * Double.pi / frequency
                if wavelength > context / low { return frequency / factor }
                if wavelength < context / high { return frequency }
                let share = (context / wavelength - low) / (high - low)
                return (1 - share) * frequency / factor + share * frequency
            }
        }
    }
}
