import Foundations

/// A 64-bit hash of content that is the same on every machine and in every run.
///
/// Words are mixed with the finaliser of `SplitMix64`, text with FNV-1a. Not for secrets;
/// collisions are as rare as for any good 64-bit hash.
package struct ContentMixer: Hashable, Sendable {
    /// The hash of all that was mixed in so far.
    package private(set) var value: UInt64

    /// Begins with a value of the caller's choice.
    package init(_ value: UInt64 = 0) {
        self.value = SplitMix64.scrambled(value &+ SplitMix64.step)
    }

    /// Mixes a word in; order matters.
    package mutating func mix(_ word: UInt64) {
        value = SplitMix64.scrambled(value ^ word &+ SplitMix64.step)
    }

    /// Mixes an integer in; order matters.
    package mutating func mix(_ integer: Int) {
        mix(UInt64(bitPattern: Int64(integer)))
    }

    /// Mixes the UTF-8 bytes of a text in; order matters.
    package mutating func mix(_ text: String) {
        mix(Self.hash(of: text))
    }

    /// The FNV-1a hash of the UTF-8 bytes of a text.
    package static func hash(of text: String) -> UInt64 {
        var hash: UInt64 = 0xCBF2_9CE4_8422_2325
        for byte in text.utf8 {
            hash = (hash ^ UInt64(byte)) &* 0x100_0000_01B3
        }
        return hash
    }

    /// The hash as 16 hexadecimal digits.
    package var hexadecimal: String {
        let digits = String(value, radix: 16)
        return String(repeating: "0", count: 16 - digits.count) + digits
    }
}

/// Repeatable random numbers: `SplitMix64`, begun from a seed, the name of a stream and indices.
///
/// Two streams with different names, or two indices of one stream, are independent for all uses
/// here. Nothing is carried over between documents, so that any one of them can be made alone.
package struct ContentRandom: RandomNumberGenerator, Sendable {
    private var numbers: SplitMix64

    /// Begins the stream `stream` of a seed at the given indices.
    package init(seed: UInt64, stream: String, indices: Int...) {
        var mixer = ContentMixer(seed)
        mixer.mix(stream)
        for index in indices {
            mixer.mix(index)
        }
        numbers = SplitMix64(state: mixer.value)
    }

    /// Begins at an index of a stream whose name has been mixed in before.
    package init(stream: ContentMixer, index: Int) {
        var mixer = stream
        mixer.mix(index)
        numbers = SplitMix64(state: mixer.value)
    }

    /// The next 64 bits.
    package mutating func next() -> UInt64 { numbers.next() }

    /// A number from zero below `bound`; zero when `bound` is 1.
    ///
    /// The high half of a 128-bit product: its bias is below `bound` / 2⁶⁴.
    package mutating func below(_ bound: Int) -> Int {
        precondition(bound > 0, "a bound must be positive")
        return Int(UInt64(bound).multipliedFullWidth(by: next()).high)
    }

    /// A number of a closed range, each as likely.
    package mutating func number(in range: ClosedRange<Int>) -> Int {
        range.lowerBound + below(range.count)
    }

    /// A number in 0 ..< 1 with 53 random bits.
    package mutating func uniform() -> Double { numbers.uniform() }
}
