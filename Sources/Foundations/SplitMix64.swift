/// The generator of repeatable 64-bit numbers of Steele, Lea and Flood (2014).
///
/// Its state counts up by a fixed odd number, and each number is its state, scrambled. The streams
/// of this project are begun in ways of their own (`SeededGenerator`, and `ContentRandom` of the
/// data) and go on with this one.
package struct SplitMix64: RandomNumberGenerator, Sendable {
    /// What the state grows by: 2⁶⁴ by the golden ratio, made odd.
    package static let step: UInt64 = 0x9E37_79B9_7F4A_7C15

    /// The sum of the beginning and all steps so far.
    package private(set) var state: UInt64

    /// Begins behind a state.
    package init(state: UInt64) { self.state = state }

    /// The next 64 bits.
    package mutating func next() -> UInt64 {
        state &+= Self.step
        return Self.scrambled(state)
    }

    /// Passes over the next `count` numbers, at once.
    package mutating func skip(_ count: Int) {
        state &+= UInt64(truncatingIfNeeded: count) &* Self.step
    }

    /// A number in 0 ..< 1 with 53 random bits.
    package mutating func uniform() -> Double { Self.fraction(next()) }

    /// The upper 53 bits of a word as a number in 0 ..< 1.
    package static func fraction(_ word: UInt64) -> Double { Double(word >> 11) * 0x1p-53 }

    /// The finaliser: a bijection in which each input bit changes half the output.
    package static func scrambled(_ word: UInt64) -> UInt64 {
        var mixed = word
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }
}
