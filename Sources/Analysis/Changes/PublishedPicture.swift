import Foundation
import Foundations

/// Whether the experts have changed as was published: the math expert most in the middle layers,
/// the language expert most in the first and the last ones (arXiv 2410.01335).
///
/// With m_l the mean |Δ| of layer l, inner the middle half of the layers and outer the other ones,
/// the contrast of an expert is log(mean of inner m_l / mean of outer m_l). The picture is there
/// when the contrast of the math expert is above that of the language expert; the 95 % interval of
/// their difference comes from resampling the layers of each half, both experts together.
package struct PublishedPicture: Hashable, Sendable {
    /// The contrast of the math expert; above 0 when the middle changed most.
    package let math: Double
    /// The contrast of the language expert; below 0 when the ends changed most.
    package let language: Double
    /// The 95 % interval of math − language.
    package let interval: ClosedRange<Double>

    /// The difference of both contrasts.
    package var difference: Double { math - language }

    /// Whether the picture is there; nil when the interval has zero in it.
    package var isThere: Bool? {
        interval.lowerBound > 0 ? true : interval.upperBound < 0 ? false : nil
    }

    private static let resamples = 2_000

    /// Tests a record; nil with fewer than four layers, and where an expert has not changed.
    package init?(_ record: ChangeRecord) {
        let count = record.layers.count
        let quarter = count / 4
        guard quarter > 0 else { return nil }
        let inner = Array(quarter..<(count - quarter))
        let outer = Array(0..<quarter) + Array((count - quarter)..<count)
        let changes = record.layers.map { (math: $0.math.value, language: $0.language.value) }
        func contrasts(_ inner: [Int], _ outer: [Int]) -> (math: Double, language: Double)? {
            func contrast(_ value: (Int) -> Double) -> Double? {
                let means = [inner, outer].map { layers in
                    layers.reduce(0) { $0 + value($1) } / Double(layers.count)
                }
                return means.allSatisfy { $0 > 0 } ? log(means[0] / means[1]) : nil
            }
            guard let math = contrast({ changes[$0].math }),
                let language = contrast({ changes[$0].language })
            else { return nil }
            return (math, language)
        }
        guard let own = contrasts(inner, outer) else { return nil }
        var generator = SeededGenerator(seed: 0, stream: "analysis/published-picture")
        func drawn(_ layers: [Int]) -> [Int] {
            layers.map { _ in layers[generator.index(below: layers.count)] }
        }
        var differences: [Double] = []
        for _ in 0..<Self.resamples {
            let (first, second) = (drawn(inner), drawn(outer))
            if let other = contrasts(first, second) {
                differences.append(other.math - other.language)
            }
        }
        differences.sort()
        guard differences.count > 40 else { return nil }
        let tail = differences.count / 40
        math = own.math
        language = own.language
        interval = differences[tail]...differences[differences.count - 1 - tail]
    }

    /// The test in words.
    package var words: String {
        func text(_ value: Double) -> String { NumberText.signed(value) }
        let answer =
            switch isThere {
            case true?: "the published picture is there"
            case false?: "the opposite of the published picture is there"
            case nil: "it is open whether the published picture is there"
            }
        return
            "Change of the middle half of the layers by that of the outer half, as logarithms: math "
            + "\(text(math)), language \(text(language)); difference \(text(difference)) "
            + "[\(text(interval.lowerBound)), \(text(interval.upperBound))]: \(answer)."
    }
}
