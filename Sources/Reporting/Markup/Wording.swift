import Evaluation
import Foundation
import Recipes

/// What a report calls languages and measures, and how it writes their values: shares in percent,
/// differences of shares in percentage points.
struct Wording {
    /// The language that the mathematics is wanted in.
    let target: String
    /// The language that the mathematics is learned in.
    let english: String

    /// The words for the languages of a recipe.
    init(_ languages: LanguageSettings) {
        target = Self.name(ofLanguage: languages.target)
        english = Self.name(ofLanguage: languages.english)
    }

    /// The words where nothing says which languages were measured.
    init() {
        target = "Target language"
        english = "English"
    }

    /// The English name of a language; its code where nobody knows one.
    static func name(ofLanguage code: String) -> String {
        Locale(identifier: "en").localizedString(forLanguageCode: code) ?? code
    }

    /// The language that a metric is about; nil when it is about both or neither.
    func language(of metric: Metric) -> String? {
        switch metric.language {
        case .target: target
        case .english: english
        case nil: Self.bystander(metric)?.language
        }
    }

    /// What is measured, without the language: `problems solved`.
    func measure(of metric: Metric) -> String {
        guard let measure = metric.measure ?? Self.bystander(metric)?.measure else {
            return metric.title
        }
        return measure.words.replacing("*", with: name(inNameOf: metric))
    }

    /// Language and measure: `Swahili, problems solved`.
    func title(of metric: Metric) -> String {
        language(of: metric).map { "\($0), \(measure(of: metric))" } ?? measure(of: metric)
    }

    /// A value with its interval: a share in percent, anything else as it is.
    func value(_ measurement: Estimate?, of metric: Metric) -> String {
        guard let measurement, metric.unit == .share else { return Format.interval(measurement) }
        return Format.percentInterval(measurement)
    }

    /// A difference with its interval, of shares in points.
    func difference(_ test: PairedTest) -> String {
        test.metric.unit == .share ? Format.pointsInterval(test) : Format.difference(test)
    }

    /// The language in the name of a metric that is about both at once.
    private func name(inNameOf metric: Metric) -> String {
        metric.rawValue.contains("english") ? english : target
    }

    /// A metric of the table in a third language, whose name begins with the code: `fr_math`.
    private static func bystander(_ metric: Metric) -> (measure: Measure, language: String)? {
        guard metric.measure == nil, let code = metric.rawValue.split(separator: "_").first,
            let measure = Measure.allCases.first(where: {
                metric.whole == Metric($0, bystander: String(code))
            })
        else { return nil }
        return (measure, name(ofLanguage: String(code)))
    }
}

extension Measure {
    /// What a report calls it; `*` stands for a language.
    fileprivate var words: String {
        switch self {
        case .math: "problems solved"
        case .equation: "right equation"
        case .bitsPerByte: "bits per byte"
        case .mathWithCalculator: "solved with a calculator"
        case .firstOperator: "right first operator"
        case .translation: "translation into *"
        case .translationChrF: "translation into *, chrF"
        case .answers: "questions answered"
        case .answersLanguage: "answered in the language"
        case .equationWithCalculator: "right equation with a calculator"
        case .choice: "right choice"
        case .choiceNormalized: "right choice by length"
        case .mgsm: "MGSM"
        case .mgsmStrict: "MGSM, strict"
        }
    }

    /// What a reader has to know of it, as the end of a sentence that begins with its name.
    var explanation: String {
        switch self {
        case .math: "the number behind the first #### of the reply is the answer"
        case .equation: "the reply computes the right thing, whatever the result"
        case .bitsPerByte:
            "the bits that the model needs for a byte of text that it has not read; less is better"
        case .mathWithCalculator: "as problems solved, where a calculator fills in results"
        case .firstOperator: "the model prefers the right operator for the first step"
        case .translation: "sentences translated without an error"
        case .translationChrF:
            "how many strings of characters a translation shares with the right one"
        case .answers: "questions about a sentence that are answered rightly"
        case .answersLanguage: "answers in the language of the question, right or wrong"
        case .equationWithCalculator: "as right equation, where a calculator fills in results"
        case .choice: "texts whose right continuation is the most likely one"
        case .choiceNormalized: "as right choice, by likelihood per character"
        case .mgsm: "grade-school problems by translators, of which the last number counts"
        case .mgsmStrict: "as MGSM, where the answer has to stand in its place"
        }
    }
}
