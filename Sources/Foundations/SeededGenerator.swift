import Foundation

/// A repeatable random number generator for one named purpose.
///
/// Every consumer of random numbers has its own generator, made from the seed of the run, the name
/// of the purpose and the indices of the occasion (step, row); none shares a stream with another.
/// The numbers are those of `SplitMix64`.
package struct SeededGenerator: RandomNumberGenerator, Sendable {
    private var numbers: SplitMix64

    /// Starts the stream of `(seed, stream, indices)`.
    package init(seed: UInt64, stream: String, indices: Int...) {
        var state = Self.mix(seed &+ SplitMix64.step)
        for byte in stream.utf8 { state = Self.mix(state ^ UInt64(byte)) }
        for index in indices { state = Self.mix(state ^ UInt64(bitPattern: Int64(index))) }
        numbers = SplitMix64(state: state)
    }

    /// The next 64 bits.
    package mutating func next() -> UInt64 { numbers.next() }

    /// Passes over the next `count` numbers of `next` or `uniform`, at once.
    package mutating func skip(_ count: Int) { numbers.skip(count) }

    /// A number in 0 ..< 1 with 53 random bits.
    package mutating func uniform() -> Double { numbers.uniform() }

    /// A number of the standard normal distribution (Box and Muller, 1958).
    package mutating func normal() -> Double {
        let radius = (-2 * log(1 - uniform())).squareRoot()
        return radius * cos(2 * .pi * uniform())
    }

    private static func mix(_ value: UInt64) -> UInt64 {
        SplitMix64.scrambled(value &+ SplitMix64.step)
    }
}
