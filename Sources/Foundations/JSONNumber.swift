/// Numbers as JSON writes them (RFC 8259, section 6).
package enum JSONNumber {
    /// The value of a whole text; nil where it is no number of JSON.
    ///
    /// `01`, `+1`, `.5` and `1.` are none: `json.loads` of Python refuses them too.
    package static func value(_ text: ArraySlice<UInt8>) -> Double? {
        var place = text.startIndex
        func takes(_ bytes: ClosedRange<UInt8>) -> Bool {
            guard place < text.endIndex, bytes.contains(text[place]) else { return false }
            place += 1
            return true
        }
        func takes(_ letter: Unicode.Scalar) -> Bool {
            let byte = UInt8(ascii: letter)
            return takes(byte...byte)
        }
        func takesDigits() -> Bool {
            let start = place
            while takes(UInt8(ascii: "0")...UInt8(ascii: "9")) {}
            return place > start
        }
        _ = takes("-")
        guard takes("0") || takesDigits() else { return nil }
        if takes("."), !takesDigits() { return nil }
        if takes("e") || takes("E") {
            _ = takes("+") || takes("-")
            guard takesDigits() else { return nil }
        }
        guard place == text.endIndex else { return nil }
        return Double(String(decoding: text, as: UTF8.self))
    }
}
