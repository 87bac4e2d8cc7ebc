import Arithmetic
import Datasets

/// Finds the answer in a model's reply.
///
/// Both readings know the same numbers (`CanonicalNumber`, which also says what is not read) and
/// compare them by value. They differ in where they look, as the two filters of the task `gsm8k`
/// in lm-evaluation-harness do: of `#### 72 … #### 80` the strict answer is 72 and the flexible
/// one 80. Where a reply ends with `#### ` and one number they agree.
package enum AnswerExtraction {
    /// The number after the first `#### ` that a number follows; `nil` when there is none.
    ///
    /// The authors of GSM8K read by the pattern `#### (\-?[0-9\.\,]+)`: the first match counts,
    /// exactly one space follows the four signs, no plus and no currency sign stands before the
    /// number. This is kept; what the pattern would cut off or join is not, since a number is read
    /// as everywhere: `#### 1 000` is 1000, `#### 3/4` is 0.75. A match that is no number as a
    /// whole, such as `1.2.3` or `12,5`, is no answer. Source: openai/grade-school-math,
    /// `grade_school_math/dataset.py`.
    package static func strict(in reply: String) -> CanonicalNumber? {
        let text = FoldedText(reply)
        let bytes = text.bytes
        let marker = Array("####".utf8)
        guard bytes.count > marker.count else { return nil }
        for start in 0..<(bytes.count - marker.count) where bytes[start...].starts(with: marker) {
            guard FoldedText.isSpace(bytes[start + marker.count]) else { continue }
            var place = start + marker.count + 1
            guard place < bytes.count else { return nil }
            let isNegative = bytes[place] == UInt8(ascii: "-")
            if isNegative { place += 1 }
            guard let found = text.number(at: place) else {
                let isPoint = bytes[place...].first == UInt8(ascii: ".")
                if isPoint || bytes[place...].first == UInt8(ascii: ",") { return nil }
                continue
            }
            guard !text.continuesNumber(at: found.range.upperBound) else { return nil }
            return isNegative ? found.number.negated : found.number
        }
        return nil
    }

    /// The last number of the reply, whatever stands around it; `nil` when there is none.
    ///
    /// A minus belongs to the number when nothing that it could subtract from touches it: `-5` and
    /// `-$5` are negative, the last number of `20-5` is 5.
    package static func flexible(in reply: String) -> CanonicalNumber? {
        let text = FoldedText(reply)
        var last: FoldedText.Found?
        for found in text.numbers { last = found }
        return last.map { isNegated(text, at: $0.range.lowerBound) ? $0.number.negated : $0.number }
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
