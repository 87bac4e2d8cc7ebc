import Datasets

/// What can be measured of a model: the table of all metrics, one case each.
///
/// A new metric is a new case here with its traits; the evaluation that computes it returns its
/// outcomes. Tables, tests, reports, `check` and the database get the rest from here. The order is
/// that of the columns of tables, and the raw value is the stored name with `*` for the language.
package enum Measure: String, CaseIterable, Sendable {
    /// Word problems with the right strict answer.
    case math = "*_math"
    /// Word problems in which the right thing is computed, whatever the result.
    case equation = "*_equation"
    /// Bits that held-out text takes for each of its bytes.
    case bitsPerByte = "*_bits_per_byte"
    /// As `math`, where a calculator fills in results.
    case mathWithCalculator = "*_math_calculator"
    /// Word problems whose first operator the model prefers.
    case firstOperator = "*_operator"
    /// Sentences translated into the language without an error.
    case translation = "translation_to_*"
    /// Character F-score of translations into the language.
    case translationChrF = "translation_to_*_chrf"
    /// Questions about a sentence with the right answer.
    case answers = "*_answers"
    /// Answers in the language of the question, right or wrong.
    case answersLanguage = "*_answers_language"
    /// As `equation`, where a calculator fills in results.
    case equationWithCalculator = "*_equation_calculator"
    /// Texts whose right continuation is the most likely one.
    case choice = "*_choice"
    /// As `choice`, by likelihood per character.
    case choiceNormalized = "*_choice_normalized"
    /// Problems of MGSM whose last number is the answer.
    case mgsm = "*_mgsm"
    /// As `mgsm`, by the strict rule.
    case mgsmStrict = "*_mgsm_strict"

    /// What the table knows of a metric.
    package struct Traits: Sendable {
        /// Which values are the better ones.
        package var better: Metric.Direction = .higher
        /// What is counted.
        package var unit: Metric.Unit = .share
        /// The languages in which it is measured, in the order of columns.
        var languages: [LanguageRole] = [.target, .english]
        /// Whether it is about both languages at once, whichever its name has.
        var isAcross = false
    }

    /// The traits: a share of which more is better in both languages, unless said otherwise.
    package var traits: Traits {
        switch self {
        case .math, .equation, .mathWithCalculator, .firstOperator, .choice, .choiceNormalized,
            .mgsm, .mgsmStrict:
            Traits()
        case .bitsPerByte: Traits(better: .lower, unit: .bitsPerByte)
        case .translation: Traits(isAcross: true)
        case .translationChrF: Traits(unit: .score, isAcross: true)
        case .answers, .answersLanguage: Traits(languages: [.target])
        case .equationWithCalculator: Traits(languages: [.english, .target])
        }
    }

    /// The metrics, one for each language in which it is measured.
    package var metrics: [Metric] { traits.languages.map { Metric(self, $0) } }

    /// The stored name in a language.
    func name(in language: LanguageRole) -> String {
        rawValue.replacing("*", with: language.rawValue)
    }

    /// The name without its language, in words.
    package var title: String {
        rawValue.split(separator: "_").filter { $0 != "*" }.joined(separator: " ")
    }

    /// What has to be said wherever differences are shown: of which metrics less is better.
    package static let remark: String = {
        let names = allCases.filter { $0.traits.better == .lower }.map(\.title)
        return "For \(names.joined(separator: " and ")) less is better."
    }()
}
