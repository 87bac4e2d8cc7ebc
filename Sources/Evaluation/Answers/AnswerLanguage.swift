import Foundation

/// Tells which of some languages a text is in, by its trigrams of letters.
///
/// Each word is lower case, composed (NFC) and stands between two spaces; digits, punctuation and
/// signs separate words and count for nothing. With c the count of a trigram in a language's
/// samples, N their sum and V the number of different trigrams in all samples and one more for
/// those never seen, its likelihood is (c + 1) / (N + V). The language with the largest sum of
/// logarithms over the text's trigrams is the answer.
///
/// Limits: it knows only the given languages and calls a text in a third one of them all the same;
/// names and words that the languages share tell nothing, and single words may be misjudged. The
/// samples should be of the kinds of text that are to be judged and of about the same length in
/// each language, since one with far less text gives unseen trigrams a higher likelihood.
package struct AnswerLanguage: Sendable {
    private struct Model {
        var language: String
        var counts: [Trigram: Int]
        var total: Int
    }

    private struct Trigram: Hashable {
        var first: Unicode.Scalar
        var second: Unicode.Scalar
        var third: Unicode.Scalar
    }

    private let models: [Model]
    private let vocabularySize: Int

    /// Learns languages from sample texts or lists of word forms.
    ///
    /// - Parameter samples: Two or more languages by code, each with texts.
    /// - Throws: `EvaluationError.noSampleText` for a language whose texts have no letters.
    package init(samples: KeyValuePairs<String, [String]>) throws {
        var models: [Model] = []
        for (language, texts) in samples {
            var counts: [Trigram: Int] = [:]
            for trigram in texts.lazy.flatMap(Self.trigrams) { counts[trigram, default: 0] += 1 }
            guard !counts.isEmpty else { throw EvaluationError.noSampleText(language: language) }
            let total = counts.values.reduce(0, +)
            models.append(Model(language: language, counts: counts, total: total))
        }
        self.models = models
        vocabularySize = Set(models.flatMap(\.counts.keys)).count + 1
    }

    /// The languages that it knows.
    package var languages: [String] { models.map(\.language) }

    /// The language of a text; `nil` when the text has no letters or two languages fit equally.
    package func language(of text: String) -> String? {
        let trigrams = Self.trigrams(of: text)
        guard !trigrams.isEmpty else { return nil }
        let scores = models.map { logLikelihood(of: trigrams, in: $0) }
        guard let best = scores.max(), scores.count(where: { $0 == best }) == 1 else { return nil }
        return scores.firstIndex(of: best).map { models[$0].language }
    }

    private func logLikelihood(of trigrams: [Trigram], in model: Model) -> Double {
        let denominator = Double(model.total + vocabularySize)
        return trigrams.reduce(0) { sum, trigram in
            sum + log(Double((model.counts[trigram] ?? 0) + 1) / denominator)
        }
    }

    private static func trigrams(of text: String) -> [Trigram] {
        let folded = text.lowercased().precomposedStringWithCanonicalMapping
        let words = folded.unicodeScalars.split { scalar in
            // Marks are parts of letters in many scripts.
            !scalar.properties.isAlphabetic && scalar.properties.generalCategory != .nonspacingMark
        }
        return words.flatMap { word -> [Trigram] in
            let scalars = [" "] + Array(word) + [" "]
            return (0..<scalars.count - 2).map { start in
                Trigram(
                    first: scalars[start],
                    second: scalars[start + 1],
                    third: scalars[start + 2]
                )
            }
        }
    }
}
