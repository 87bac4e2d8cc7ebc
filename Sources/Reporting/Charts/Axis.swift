import Foundation

/// Maps numbers to places between two ends, with round numbers to mark.
struct Axis {
    /// The numbers at the ends.
    let range: ClosedRange<Double>
    /// Round numbers inside.
    let ticks: [Double]
    /// Decimals that tell the ticks apart.
    let digits: Int

    /// An axis around some numbers.
    ///
    /// - Parameters:
    ///   - values: What has to fit; numbers that are not finite are passed over.
    ///   - includesZero: Whether zero has to fit too.
    ///   - count: About how many ticks.
    init(around values: [Double], includesZero: Bool = false, count: Int = 6) {
        let finite = values.filter(\.isFinite) + (includesZero ? [0] : [])
        let low = finite.min() ?? 0
        let high = finite.max() ?? 1
        let extent = high > low ? high - low : max(abs(high), 1) * 0.1
        let step = Self.roundStep(extent / Double(max(1, count - 1)))
        let first = (low / step).rounded(.down) * step
        let last = max(first + step, (high / step).rounded(.up) * step)
        range = first...last
        let number = Int(((last - first) / step).rounded())
        ticks = (0...number).map { first + Double($0) * step }
        digits = max(0, Int(-floor(log10(step) + 1e-9)))
    }

    /// Where a number lies between the ends, 0 at the lower one.
    func share(_ value: Double) -> Double {
        (value - range.lowerBound) / (range.upperBound - range.lowerBound)
    }

    /// A number as the axis writes it.
    func label(_ value: Double) -> String { Format.number(value, digits) }

    /// 1, 2 or 5 times a power of ten, the next above a number.
    private static func roundStep(_ number: Double) -> Double {
        let power = pow(10, floor(log10(number)))
        return [1, 2, 5, 10].map { $0 * power }.first { $0 >= number * (1 - 1e-9) } ?? 10 * power
    }
}
