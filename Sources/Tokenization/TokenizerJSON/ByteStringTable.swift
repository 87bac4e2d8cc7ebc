/// A table from strings of bytes to numbers: an open hash table over one array of bytes.
///
/// `Dictionary` of `String` would take texts for equal that only look alike.
struct ByteStringTable: Sendable {
    private var bytes: [UInt8] = []
    private var ends: [Int32] = [0]
    private var values: [Int32] = []
    /// Entry + 1 at each place; 0 is free.
    private var slots: [Int32]
    private var mask: Int

    /// Makes room for so many entries.
    init(capacity: Int) {
        var size = 16
        while size < capacity * 2 { size *= 2 }
        slots = [Int32](repeating: 0, count: size)
        mask = size - 1
        ends.reserveCapacity(capacity + 1)
        values.reserveCapacity(capacity)
        bytes.reserveCapacity(capacity * 8)
    }

    /// The number of entries.
    var count: Int { values.count }

    /// Adds an entry; false when the string is there already.
    mutating func insert(_ key: some Collection<UInt8>, _ value: Int32) -> Bool {
        if (values.count + 1) * 2 > slots.count { grow() }
        let start = bytes.count
        bytes.append(contentsOf: key)
        let found = bytes.withUnsafeBufferPointer { buffer in
            // The slice lies within the array, which lives as long as this closure.
            slot(of: UnsafeBufferPointer(rebasing: buffer[start...]))
        }
        guard slots[found] == 0 else {
            bytes.removeSubrange(start...)
            return false
        }
        values.append(value)
        ends.append(Int32(bytes.count))
        slots[found] = Int32(values.count)
        return true
    }

    /// The number of a string.
    func value(_ key: UnsafeBufferPointer<UInt8>) -> Int32? {
        let entry = slots[slot(of: key)]
        return entry == 0 ? nil : values[Int(entry) - 1]
    }

    /// The number of a string.
    func value(_ key: ArraySlice<UInt8>) -> Int32? {
        key.withUnsafeBufferPointer { value($0) }
    }

    /// The number of a string.
    func value(_ key: String) -> Int32? { value(Array(key.utf8)[...]) }

    /// The place of a string, or the free one where it would stand.
    private func slot(of key: UnsafeBufferPointer<UInt8>) -> Int {
        var place = Int(truncatingIfNeeded: ByteHash.hash(key)) & mask
        while true {
            let entry = Int(slots[place])
            if entry == 0 || isEqual(entry - 1, key) { return place }
            place = (place + 1) & mask
        }
    }

    private func isEqual(_ entry: Int, _ key: UnsafeBufferPointer<UInt8>) -> Bool {
        let start = Int(ends[entry])
        guard Int(ends[entry + 1]) - start == key.count else { return false }
        for offset in 0..<key.count where bytes[start + offset] != key[offset] { return false }
        return true
    }

    private mutating func grow() {
        slots = [Int32](repeating: 0, count: slots.count * 2)
        mask = slots.count - 1
        for entry in values.indices {
            let found = bytes.withUnsafeBufferPointer { buffer in
                slot(
                    of: UnsafeBufferPointer(
                        rebasing: buffer[Int(ends[entry])..<Int(ends[entry + 1])]
                    )
                )
            }
            slots[found] = Int32(entry + 1)
        }
    }
}

/// A hash of bytes: eight at a time, multiplied and folded.
enum ByteHash {
    static func hash(_ key: UnsafeBufferPointer<UInt8>) -> UInt64 {
        let raw = UnsafeRawBufferPointer(key)
        var hash = UInt64(truncatingIfNeeded: key.count) &* 0x9E37_79B9_7F4A_7C15
        var offset = 0
        // Each load ends within the buffer.
        while offset + 8 <= raw.count {
            hash = fold(hash ^ raw.loadUnaligned(fromByteOffset: offset, as: UInt64.self))
            offset += 8
        }
        var rest: UInt64 = 0
        while offset < raw.count {
            rest = rest << 8 | UInt64(raw[offset])
            offset += 1
        }
        return fold(hash ^ rest)
    }

    private static func fold(_ value: UInt64) -> UInt64 {
        let product = (value ^ 0xD6E8_FEB8_6659_FD93).multipliedFullWidth(by: 0xA076_1D64_78BD_642F)
        return product.high ^ product.low
    }
}
