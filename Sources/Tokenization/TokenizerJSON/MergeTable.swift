/// The merges of a byte-pair model: which two tokens become which, and how early.
struct MergeTable: Sendable {
    /// A pair of tokens, the left one in the upper half.
    private var keys: [UInt64]
    /// Rank in the upper half, the new token in the lower one.
    private var results: [UInt64]
    private let mask: Int

    /// What a pair that is never merged gives: behind every rank.
    static let none = UInt64.max

    /// Makes room for so many merges.
    init(capacity: Int) {
        var size = 16
        while size < capacity + capacity / 2 { size *= 2 }
        keys = [UInt64](repeating: .max, count: size)
        results = [UInt64](repeating: Self.none, count: size)
        mask = size - 1
    }

    /// Adds a merge, or gives an earlier one its new rank.
    mutating func insert(_ left: Int32, _ right: Int32, rank: Int, token: Int32) {
        let key = Self.key(left, right)
        var place = start(key)
        while keys[place] != .max, keys[place] != key { place = (place + 1) & mask }
        keys[place] = key
        results[place] = UInt64(rank) << 32 | UInt64(UInt32(bitPattern: token))
    }

    /// Rank and token of a pair, as `rank << 32 | token`; `none` when it is never merged.
    @inline(__always)
    func result(_ left: Int32, _ right: Int32) -> UInt64 {
        let key = Self.key(left, right)
        var place = start(key)
        while true {
            let found = keys[place]
            if found == key { return results[place] }
            if found == .max { return Self.none }
            place = (place + 1) & mask
        }
    }

    private static func key(_ left: Int32, _ right: Int32) -> UInt64 {
        UInt64(UInt32(bitPattern: left)) << 32 | UInt64(UInt32(bitPattern: right))
    }

    private func start(_ key: UInt64) -> Int {
        let product = (key ^ key >> 29) &* 0x9E37_79B9_7F4A_7C15
        return Int(truncatingIfNeeded: product >> 24) & mask
    }
}
