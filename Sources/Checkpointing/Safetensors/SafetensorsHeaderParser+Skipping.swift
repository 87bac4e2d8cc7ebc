extension SafetensorsHeaderParser {
    /// Goes past a value that nobody reads, whatever it is.
    ///
    /// What is open is listed and not called, so that no depth is too deep.
    mutating func skipValue() throws {
        var open: [Unicode.Scalar] = []
        repeat {
            skipSpace()
            if skip("{") {
                if !skip("}") {
                    open.append("}")
                    try skipKey()
                    continue
                }
            } else if skip("[") {
                if !skip("]") {
                    open.append("]")
                    continue
                }
            } else if peek() == UInt8(ascii: "\"") {
                _ = try string()
            } else {
                guard skipWord("null") || skipWord("true") || skipWord("false") || skipNumber()
                else { throw syntax("a value") }
            }
            // A value has ended, and with it whatever it was the last one of.
            while let closing = open.last {
                if skip(",") {
                    if closing == "}" { try skipKey() }
                    break
                }
                try take(closing)
                open.removeLast()
            }
        } while !open.isEmpty
    }

    /// Goes past a word; false, and where it was, when something else stands there.
    mutating func skipWord(_ word: String) -> Bool {
        skipSpace()
        guard bytes[index...].starts(with: word.utf8) else { return false }
        index += word.utf8.count
        return true
    }

    private mutating func skipKey() throws {
        _ = try string()
        try take(":")
    }

    /// Goes past a number as JSON writes it; false, and where it was, when there is none.
    private mutating func skipNumber() -> Bool {
        let start = index
        skipOne(of: "-")
        let isZero = peek() == UInt8(ascii: "0")
        let whole = skipDigits()
        var isNumber = whole == 1 || whole > 1 && !isZero
        if skipOne(of: ".") { isNumber = isNumber && skipDigits() > 0 }
        if skipOne(of: "eE") {
            skipOne(of: "+-")
            isNumber = isNumber && skipDigits() > 0
        }
        if !isNumber { index = start }
        return isNumber
    }

    private mutating func skipDigits() -> Int {
        let start = index
        while let byte = peek(), byte >= UInt8(ascii: "0"), byte <= UInt8(ascii: "9") { index += 1 }
        return index - start
    }

    @discardableResult
    private mutating func skipOne(of characters: String) -> Bool {
        guard let byte = peek(), characters.utf8.contains(byte) else { return false }
        index += 1
        return true
    }
}
