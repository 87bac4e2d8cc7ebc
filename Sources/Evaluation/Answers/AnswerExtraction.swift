/// Finds the answer in a model's reply.
package enum AnswerExtraction {
    /// The number after `#### `, as the authors of GSM8K read it; `nil` when there is none.
    ///
    /// Their pattern is `#### (\-?[0-9\.\,]+)`: the first match counts, exactly one space follows
    /// the four signs, and commas are removed wherever they stand. Added to it here: digits of
    /// every script and the Unicode minus. A match that is not a number, such as `1.2.3`, is no
    /// answer. Source: openai/grade-school-math, `grade_school_math/dataset.py`.
    package static func strict(in reply: String) -> CanonicalNumber? {
        let bytes = FoldedText(reply).bytes
        let marker = Array("#### ".utf8)
        guard bytes.count > marker.count else { return nil }
        for start in 0..<(bytes.count - marker.count) where bytes[start...].starts(with: marker) {
            var end = start + marker.count
            var digits: [UInt8] = []
            if bytes[end] == UInt8(ascii: "-") {
                digits.append(bytes[end])
                end += 1
            }
            let body = bytes[end...].prefix { byte in
                FoldedText.isDigit(byte) || byte == UInt8(ascii: ".") || byte == UInt8(ascii: ",")
            }
            if body.isEmpty { continue }
            digits += body.filter { $0 != UInt8(ascii: ",") }
            return CanonicalNumber(String(decoding: digits, as: UTF8.self))
        }
        return nil
    }

    /// The last number of the reply, whatever stands around it; `nil` when there is none.
    ///
    /// A minus belongs to the number when nothing that it could subtract from touches it: `-5` and
    /// `-$5` are negative, the last number of `20-5` is 5.
    package static func flexible(in reply: String) -> CanonicalNumber? {
        let text = FoldedText(reply)
        var last: CanonicalNumber?
        var index = 0
        while index < text.bytes.count {
            let startsWithPoint =
                text.bytes[index] == UInt8(ascii: ".") && !text.isDigit(at: index - 1)
                && text.isDigit(at: index + 1)
            guard text.isDigit(at: index) || startsWithPoint,
                let numeral = text.numeral(at: index)
            else {
                index += 1
                continue
            }
            last = CanonicalNumber(numeral, negative: isNegated(text, at: index))
            index = numeral.end
        }
        return last
    }

    private static func isNegated(_ text: FoldedText, at start: Int) -> Bool {
        var sign = start - 1
        if sign >= 0, text.bytes[sign] == UInt8(ascii: "$") { sign -= 1 }
        guard sign >= 0, text.bytes[sign] == UInt8(ascii: "-") else { return false }
        guard sign > 0 else { return true }
        let before = text.bytes[sign - 1]
        return
            !(FoldedText.isDigit(before) || FoldedText.isLetter(before)
            || before == UInt8(ascii: ")") || before == UInt8(ascii: "%"))
    }
}
