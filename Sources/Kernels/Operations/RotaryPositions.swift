import Foundation

/// Rotary position embedding in the half-split form of Llama checkpoints.
///
/// For a head x of width w at position p, with i in 0 ..< w/2 and angle a = p θ^(−2i/w):
/// x'[i] = x[i] cos a − x[i + w/2] sin a, x'[i + w/2] = x[i + w/2] cos a + x[i] sin a, both times a
/// factor where the scaling has one.
/// Su et al., 2021, "RoFormer"; the halves as in `transformers`' `rotate_half`.
package final class RotaryPositions: Sendable {
    private let cosines: ConstantFloats
    private let sines: ConstantFloats
    private let headWidth: Int

    /// How many positions the tables cover.
    package let positionCount: Int

    /// Makes the tables for positions 0 ..< `positionCount`.
    ///
    /// - Parameters:
    ///   - headWidth: w, even.
    ///   - theta: θ.
    ///   - scaling: What becomes of the frequencies θ^(−2i/w); nil leaves them.
    ///   - positionCount: How many positions.
    package init(
        headWidth: Int,
        theta: Double,
        scaling: RotaryScaling? = nil,
        positionCount: Int
    ) {
        precondition(
            headWidth > 0 && headWidth % 2 == 0,
            "a head of width \(headWidth) has no pairs"
        )
        precondition(positionCount >= 0, "tables cannot cover \(positionCount) positions")
        self.headWidth = headWidth
        self.positionCount = positionCount
        let half = headWidth / 2
        let plain = (0..<half).map { pow(theta, -2 * Double($0) / Double(headWidth)) }
        let frequencies = scaling?.frequencies(plain, theta: theta) ?? plain
        let magnitude = Float(scaling?.magnitude ?? 1)
        func table(_ function: (Double) -> Double) -> ConstantFloats {
            ConstantFloats(count: positionCount * half) { index in
                // Angles as `transformers` has them: position times frequency, in Float.
                let angle = Float(index / half) * Float(frequencies[index % half])
                return Float(function(Double(angle))) * magnitude
            }
        }
        cosines = table(cos)
        sines = table(sin)
    }

    /// Turns every head of the first `headCount` heads of each row, in place.
    ///
    /// - Parameters:
    ///   - heads: `[tokens, ≥ headCount · headWidth]`; overwritten.
    ///   - headCount: How many heads stand side by side from column 0.
    ///   - segments: The sequences; position 0 is the first token of each.
    ///   - inverse: Turns back, for the backward pass: the transpose, factor included.
    package func rotate(
        _ heads: MatrixView,
        headCount: Int,
        segments: PackedSegments,
        inverse: Bool = false
    ) {
        check(heads, headCount)
        precondition(
            heads.rows >= segments.rowCount,
            "segments of \(segments.rowCount) rows in \(heads.shapeText)"
        )
        for segment in 0..<segments.count {
            let rows = segments[segment]
            for token in rows {
                let position = token - rows.lowerBound
                rotateRow(heads.base + token * heads.rowStride, headCount, position, inverse)
            }
        }
    }

    /// Turns the heads of each row to the position given for it, in place.
    package func rotate(_ heads: MatrixView, headCount: Int, positions: [Int]) {
        check(heads, headCount)
        precondition(
            positions.count == heads.rows,
            "\(positions.count) positions for \(heads.shapeText)"
        )
        for (row, position) in positions.enumerated() {
            rotateRow(heads.base + row * heads.rowStride, headCount, position, false)
        }
    }

    private func check(_ heads: MatrixView, _ headCount: Int) {
        precondition(
            headCount >= 0 && heads.columns >= headCount * headWidth,
            "\(headCount) heads of width \(headWidth) in \(heads.shapeText)"
        )
    }

    @inline(__always)
    private func rotateRow(
        _ row: UnsafeMutablePointer<Float>,
        _ headCount: Int,
        _ position: Int,
        _ inverse: Bool
    ) {
        precondition(
            position >= 0 && position < positionCount,
            "position \(position) is outside 0..<\(positionCount)"
        )
        let half = headWidth / 2
        let cosine = cosines.base + position * half
        let sine = sines.base + position * half
        let sign: Float = inverse ? -1 : 1
        for head in 0..<headCount {
            let low = row + head * headWidth
            let high = low + half
            var i = 0
            while i + laneCount <= half {
                let c = load(cosine + i)
                let s = load(sine + i) * Lanes(repeating: sign)
                let a = load(low + i)
                let b = load(high + i)
                store(a * c - b * s, low + i)
                store(b * c + a * s, high + i)
                i += laneCount
            }
            while i < half {
                let s = sine[i] * sign
                let a = low[i]
                let b = high[i]
                low[i] = a * cosine[i] - b * s
                high[i] = b * cosine[i] + a * s
                i += 1
            }
        }
    }
}

/// Floats that are written once, at birth, and then only read: safe to share between threads.
final class ConstantFloats: Sendable {
    private let buffer: FloatBuffer

    init(count: Int, value: (Int) -> Float) {
        buffer = FloatBuffer(count: count)
        let view = buffer.view
        for index in 0..<count { view.base[index] = value(index) }
    }

    var base: UnsafeMutablePointer<Float> { buffer.view.base }
}
