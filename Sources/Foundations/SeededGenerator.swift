import Foundation

/// A repeatable random number generator for one named purpose.
///
/// Every consumer of random numbers has its own generator, made from the seed of the run, the name
/// of the purpose and the indices of the occasion (step, row); none shares a stream with another.
/// The numbers are SplitMix64 (Steele, Lea and Flood, 2014).
package struct SeededGenerator: RandomNumberGenerator, Sendable {
    private var state: UInt64

    /// Starts the stream of `(seed, stream, indices)`.
    package init(seed: UInt64, stream: String, indices: Int...) {
        var state = Self.mix(seed &+ 0x9E37_79B9_7F4A_7C15)
        for byte in stream.utf8 { state = Self.mix(state ^ UInt64(byte)) }
        for index in indices { state = Self.mix(state ^ UInt64(bitPattern: Int64(index))) }
        self.state = state
    }

    /// The next 64 bits.
    package mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        return Self.finalize(state)
    }

    /// Passes over the next `count` numbers of `next` or `uniform`, at once.
    package mutating func skip(_ count: Int) {
        state &+= UInt64(truncatingIfNeeded: count) &* 0x9E37_79B9_7F4A_7C15
    }

    /// A number in 0 ..< 1 with 53 bits.
    package mutating func uniform() -> Double {
        Double(next() >> 11) * 0x1p-53
    }

    /// A number of the standard normal distribution (Box and Muller, 1958).
    package mutating func normal() -> Double {
        let radius = (-2 * log(1 - uniform())).squareRoot()
        return radius * cos(2 * .pi * uniform())
    }

    private static func mix(_ value: UInt64) -> UInt64 {
        finalize(value &+ 0x9E37_79B9_7F4A_7C15)
    }

    private static func finalize(_ value: UInt64) -> UInt64 {
        var z = value
        z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
        z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
        return z ^ (z >> 31)
    }
}
