/// Finds the answer in a reply by the rules of lm-evaluation-harness's tasks `mgsm_*`, and compares
/// it as they do, so that scores can be set beside published ones.
///
/// Numbers are compared as texts without punctuation: `1,000` is 1000, and so is `10.00`, and `-5`
/// is
/// 5. `AnswerExtraction` reads numbers by their value instead.
package enum MGSMAnswer {
    /// The last match of `(-?[$0-9.,]{2,})|(-?[0-9]+)`; nil when there is none.
    package static func flexible(in reply: String) -> String? {
        let pattern = #/(?:-?[$0-9.,]{2,})|(?:-?[0-9]+)/#.matchingSemantics(.unicodeScalar)
        return reply.matches(of: pattern).last.map { String($0.output) }
    }

    /// The strict answer: the whole reply of the direct form without white space around it, and
    /// elsewhere the number in the first sentence that says it is the answer; nil when there is
    /// none.
    package static func strict(in reply: String, form: MGSMForm, words: MGSMWords) -> String? {
        guard form != .direct else { return trimmed(reply) }
        let sentence = form == .english ? MGSMWords.byLanguage["en"] ?? words : words
        var rest = Substring(reply).unicodeScalars
        let before = Array(sentence.answerBefore.unicodeScalars)
        while let start = rest.firstRange(of: before) {
            rest = rest[start.upperBound...]
            var end = rest.startIndex
            if end < rest.endIndex, rest[end] == "-" { rest.formIndex(after: &end) }
            let digits = rest[end...].prefix { "0123456789.,".unicodeScalars.contains($0) }
            guard !digits.isEmpty else { continue }
            let number = rest[..<digits.endIndex]
            guard rest[digits.endIndex...].starts(with: sentence.answerAfter.unicodeScalars) else {
                continue
            }
            return String(number)
        }
        return nil
    }

    /// Whether a found answer is the right one: the same text without the punctuation of ASCII and
    /// without regard to case.
    package static func isCorrect(_ answer: String?, gold: String) -> Bool {
        answer.map(compared) == compared(gold)
    }

    private static func compared(_ text: String) -> String {
        // Python's `string.punctuation`.
        let kept = text.lowercased().unicodeScalars.filter { scalar in
            !(scalar.isASCII && scalar.value > 0x20 && scalar.value < 0x7F
                && !Character(scalar).isLetter && !Character(scalar).isNumber)
        }
        return String(String.UnicodeScalarView(kept))
    }

    private static func trimmed(_ text: String) -> String {
        let scalars = text.unicodeScalars.trimmingPrefix(while: \.isPythonSpace)
        let kept = scalars.reversed().trimmingPrefix(while: \.isPythonSpace).reversed()
        return String(String.UnicodeScalarView(kept))
    }
}
