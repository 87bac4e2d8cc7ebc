import Foundation

/// A colour as lightness and two opponents, in which mixtures look even (Ottosson, 2020, *A perceptual
/// color space for image processing*); `color-mix(in oklab, …)` of CSS mixes in it.
struct OklabColor {
    /// Lightness, green to red, blue to yellow.
    private var values: SIMD3<Double>

    private init(_ values: SIMD3<Double>) { self.values = values }

    /// Reads a colour.
    ///
    /// - Parameter text: `#rrggbb`; nil for anything else.
    init?(_ text: String) {
        guard text.count == 7, text.hasPrefix("#"), let number = Int(text.dropFirst(), radix: 16)
        else { return nil }
        let linear = SIMD3(number >> 16, number >> 8 & 255, number & 255).map { channel in
            let share = Double(channel) / 255
            return share <= 0.04045 ? share / 12.92 : pow((share + 0.055) / 1.055, 2.4)
        }
        let cones = Self.product(Self.conesOfLinear, linear).map { cbrt($0) }
        values = Self.product(Self.labOfCones, cones)
    }

    /// A mixture: `share` of this colour, and the rest of the other.
    func mixed(with other: OklabColor, share: Double) -> OklabColor {
        OklabColor(values * share + other.values * (1 - share))
    }

    /// The colour as `#rrggbb`; channels out of range are cut off.
    var text: String {
        let cones = Self.product(Self.conesOfLab, values).map { $0 * $0 * $0 }
        let linear = Self.product(Self.linearOfCones, cones)
        let channels = linear.map { value in
            let share = value <= 0.0031308 ? 12.92 * value : 1.055 * pow(value, 1 / 2.4) - 0.055
            return (255 * min(1, max(0, share))).rounded()
        }
        return "#"
            + [channels.x, channels.y, channels.z].map { String(format: "%02x", Int($0)) }.joined()
    }

    // Rows of the matrices of the definition; the last two undo the first two.
    private static let conesOfLinear = [
        SIMD3(0.4122214708, 0.5363325363, 0.0514459929),
        SIMD3(0.2119034982, 0.6806995451, 0.1073969566),
        SIMD3(0.0883024619, 0.2817188376, 0.6299787005),
    ]
    private static let labOfCones = [
        SIMD3(0.2104542553, 0.7936177850, -0.0040720468),
        SIMD3(1.9779984951, -2.4285922050, 0.4505937099),
        SIMD3(0.0259040371, 0.7827717662, -0.8086757660),
    ]
    private static let conesOfLab = [
        SIMD3(1, 0.3963377774, 0.2158037573), SIMD3(1, -0.1055613458, -0.0638541728),
        SIMD3(1, -0.0894841775, -1.2914855480),
    ]
    private static let linearOfCones = [
        SIMD3(4.0767416621, -3.3077115913, 0.2309699292),
        SIMD3(-1.2684380046, 2.6097574011, -0.3413193965),
        SIMD3(-0.0041960863, -0.7034186147, 1.7076147010),
    ]

    private static func product(_ rows: [SIMD3<Double>], _ vector: SIMD3<Double>) -> SIMD3<Double> {
        SIMD3((rows[0] * vector).sum(), (rows[1] * vector).sum(), (rows[2] * vector).sum())
    }
}

extension SIMD3 {
    /// Each of the three numbers by itself.
    fileprivate func map<Other: SIMDScalar>(_ transform: (Scalar) -> Other) -> SIMD3<Other> {
        SIMD3<Other>(transform(x), transform(y), transform(z))
    }
}
