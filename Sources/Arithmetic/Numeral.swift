/// An unsigned decimal number as it stands in a text, without the separators of its groups.
package struct Numeral: Sendable {
    /// The digits before the point; empty in `.5`.
    package var whole: String
    /// The digits after the point; empty when there is none.
    package var fraction: String
    /// Whether it is written with digits and separators of groups alone.
    package var isWhole: Bool
    /// Where the text goes on after the number; always behind where it began.
    package var end: Int

    /// Moves the point as an exponent of ten says.
    fileprivate mutating func shift(by exponent: Int) {
        let zeros = String(repeating: "0", count: abs(exponent))
        if exponent >= 0 {
            let padded = fraction + zeros
            whole += padded.prefix(exponent)
            fraction = String(padded.dropFirst(exponent))
        } else {
            let padded = zeros + whole
            fraction = padded.suffix(-exponent) + fraction
            whole = String(padded.dropLast(-exponent))
        }
    }
}

extension FoldedText {
    /// Reads the unsigned number that begins at `start`.
    ///
    /// Separators belong to the number when groups of three digits follow them, all with the same
    /// separator: a comma, a space, a no-break or thin space, an apostrophe. With commas the
    /// groups may also be those of India, 1,00,000. The first group has one to three digits and
    /// does not begin with 0. A point belongs to the number when a digit follows it, and so does
    /// an exponent of up to three digits, as in `1e3` and `2.5E-3`.
    package func numeral(at start: Int) -> Numeral? {
        let firstEnd = self.end(ofDigitsFrom: start)
        var whole = digits(start..<firstEnd)
        var end = firstEnd
        if start < firstEnd, bytes[start] != UInt8(ascii: "0") {
            end = self.end(ofGroupsAfter: start..<firstEnd)
            whole += digits(firstEnd..<end)
        }
        var fraction = ""
        var isWhole = true
        if has(UInt8(ascii: "."), at: end), isDigit(at: end + 1) {
            let last = self.end(ofDigitsFrom: end + 1)
            fraction = digits(end + 1..<last)
            end = last
            isWhole = false
        }
        guard !whole.isEmpty || !fraction.isEmpty else { return nil }
        var numeral = Numeral(whole: whole, fraction: fraction, isWhole: isWhole, end: end)
        if let exponent = exponent(at: end) {
            numeral.shift(by: exponent.value)
            numeral.end = exponent.end
            numeral.isWhole = false
        }
        return numeral
    }

    /// Whether what follows a number shows that it was only the beginning of something else, such
    /// as `,5` behind `12` or `.3` behind `1.2`.
    package func continuesNumber(at end: Int) -> Bool {
        guard bytes.indices.contains(end), isDigit(at: end + 1) else { return false }
        return [UInt8(ascii: "."), UInt8(ascii: ","), UInt8(ascii: "/")].contains(bytes[end])
    }

    private func end(ofDigitsFrom start: Int) -> Int {
        var end = start
        while isDigit(at: end) { end += 1 }
        return end
    }

    /// The digits of a part of the text, whatever separates them.
    private func digits(_ range: Range<Int>) -> String {
        range.isEmpty ? "" : String(decoding: bytes[range].filter(Self.isDigit), as: UTF8.self)
    }

    /// Where the groups that follow a first one end; the end of the first where none follow.
    private func end(ofGroupsAfter first: Range<Int>) -> Int {
        guard first.count <= 3, bytes.indices.contains(first.upperBound) else {
            return first.upperBound
        }
        let separator = bytes[first.upperBound]
        let known = [
            UInt8(ascii: ","), UInt8(ascii: " "), UInt8(ascii: "'"), Self.groupSpace,
        ]
        guard known.contains(separator) else { return first.upperBound }
        func hasGroup(of count: Int, at place: Int) -> Bool {
            has(separator, at: place) && self.end(ofDigitsFrom: place + 1) == place + 1 + count
        }
        var end = first.upperBound
        if separator == UInt8(ascii: ","), first.count < 3 {
            while hasGroup(of: 2, at: end) { end += 3 }
            if end > first.upperBound {
                return hasGroup(of: 3, at: end) ? end + 4 : first.upperBound
            }
        }
        while hasGroup(of: 3, at: end) { end += 4 }
        return end
    }

    /// An exponent of ten and where it ends; longer ones than any number of a person are none.
    private func exponent(at start: Int) -> (value: Int, end: Int)? {
        guard bytes.indices.contains(start), bytes[start] | 0x20 == UInt8(ascii: "e") else {
            return nil
        }
        let isNegative = has(UInt8(ascii: "-"), at: start + 1)
        let isSigned = isNegative || has(UInt8(ascii: "+"), at: start + 1)
        let first = start + (isSigned ? 2 : 1)
        let end = self.end(ofDigitsFrom: first)
        guard (1...3).contains(end - first), let value = Int(digits(first..<end)),
            !(bytes.indices.contains(end) && Self.isPlainLetter(bytes[end]))
        else { return nil }
        return (isNegative ? -value : value, end)
    }
}
