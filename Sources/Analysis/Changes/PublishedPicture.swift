import Evaluation
import Foundation
import Foundations

/// Whether the experts have changed as was published: the math expert most in the middle layers,
/// the language expert most in the first and the last ones (arXiv 2410.01335).
///
/// With m_l the mean |Δ| of layer l, inner the middle half of the layers and outer the other ones,
/// the contrast of an expert is log(mean of inner m_l / mean of outer m_l). The picture is there
/// when the contrast of the math expert is above that of the language expert.
///
/// The 95 % interval of their difference is Welch's, with the layers of each half as a sample. By
/// the delta method layer l adds to the difference what it has of m_l / mean, math minus language.
/// Where both experts change alike the interval leaves 0 out in 5 to 6 % of simulated pairs with 16
/// independent layers or more, and a percentile bootstrap in 11 % with 16. The layers are those of
/// one pair of experts and neighbours change together, so that it is rather too narrow and says
/// nothing of other pairs.
package struct PublishedPicture: Hashable, Sendable {
    /// The contrast of the math expert; above 0 when the middle changed most.
    package let math: Double
    /// The contrast of the language expert; below 0 when the ends changed most.
    package let language: Double
    /// The 95 % interval of math − language; nil with fewer than `fewestLayers`, and where the
    /// layers of a half show no spread.
    package let interval: ClosedRange<Double>?

    /// With fewer layers there is no interval: half of them do not show how they are spread.
    package static let fewestLayers = 16

    /// The difference of both contrasts.
    package var difference: Double { math - language }

    /// Whether the picture is there; nil when the interval has zero in it, or is not known.
    package var isThere: Bool? {
        guard let interval else { return nil }
        return interval.lowerBound > 0 ? true : interval.upperBound < 0 ? false : nil
    }

    /// Tests a record; nil with fewer than four layers, and where an expert has not changed.
    package init?(_ record: ChangeRecord) {
        let count = record.layers.count
        let quarter = count / 4
        guard quarter > 0 else { return nil }
        let layers = record.layers.map { Changes(math: $0.math.value, language: $0.language.value) }
        let inner = Array(layers[quarter..<(count - quarter)])
        let outer = Array(layers[..<quarter] + layers[(count - quarter)...])
        guard let first = Changes(meanOf: inner), let second = Changes(meanOf: outer) else {
            return nil
        }
        math = log(first.math / second.math)
        language = log(first.language / second.language)
        let halfWidth =
            count < Self.fewestLayers
            ? nil : Self.halfWidth([first.parts(of: inner), second.parts(of: outer)])
        interval = halfWidth.map { [difference = math - language] in
            (difference - $0)...(difference + $0)
        }
    }

    /// Half the width of Welch's 95 % interval of the sum of two independent means; nil where
    /// neither sample has a spread.
    private static func halfWidth(_ samples: [[Double]]) -> Double? {
        let parts = samples.map { sample in
            let error = Estimate.mean(of: sample)?.standardError ?? 0
            return (variance: error * error, degreesOfFreedom: Double(sample.count - 1))
        }
        let variance = parts.reduce(0) { $0 + $1.variance }
        // The parts are about 1; rounding leaves a crumb where both experts have changed alike.
        guard variance > 1e-24 else { return nil }
        let degreesOfFreedom =
            variance * variance
            / parts.reduce(0) { $0 + $1.variance * $1.variance / $1.degreesOfFreedom }
        return variance.squareRoot()
            * StudentDistribution.quantile(
                twoSided: Estimate.standardTails,
                degreesOfFreedom: degreesOfFreedom
            )
    }

    /// The test in words.
    package var words: String {
        func text(_ value: Double) -> String { NumberText.signed(value) }
        let contrasts =
            "Change of the middle half of the layers by that of the outer half, as logarithms: math "
            + "\(text(math)), language \(text(language)); difference \(text(difference))"
        guard let interval else {
            return contrasts + ". The layers are too few or too alike for an interval."
        }
        let answer =
            switch isThere {
            case true?: "the published picture is there"
            case false?: "the opposite of the published picture is there"
            case nil: "it is open whether the published picture is there"
            }
        return contrasts
            + " [\(text(interval.lowerBound)), \(text(interval.upperBound))]: \(answer). The interval "
            + "is about the layers of these two experts, and neighbouring layers are not "
            + "independent."
    }
}

/// The mean |Δ| of both experts in a layer, or over some layers.
private struct Changes {
    let math: Double
    let language: Double

    init(math: Double, language: Double) {
        self.math = math
        self.language = language
    }

    /// Nil where an expert has not changed.
    init?(meanOf layers: [Changes]) {
        let count = Double(layers.count)
        math = layers.reduce(0) { $0 + $1.math } / count
        language = layers.reduce(0) { $0 + $1.language } / count
        guard math > 0, language > 0 else { return nil }
    }

    /// What each layer adds to the difference of the logarithms of both means.
    func parts(of layers: [Changes]) -> [Double] {
        layers.map { $0.math / math - $0.language / language }
    }
}
