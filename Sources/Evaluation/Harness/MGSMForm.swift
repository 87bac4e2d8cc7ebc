import Datasets

/// In which form the problems of MGSM are asked and answered; the three task families of
/// lm-evaluation-harness.
package enum MGSMForm: String, Codable, Sendable, CaseIterable {
    /// The number at once (`mgsm_direct`).
    case direct
    /// Step by step, in words of the question's language (`mgsm_native_cot`).
    case native = "native_cot"
    /// Step by step, with an English request (`mgsm_en_cot`).
    case english = "en_cot"
}

/// The words of one language around questions and answers of MGSM, as
/// `lm_eval/tasks/mgsm/utils.py` has them.
package struct MGSMWords: Hashable, Sendable {
    /// Stands before a question.
    package let question: String
    /// Asks for an answer in steps.
    package let steps: String
    /// Asks for the number alone.
    package let direct: String
    /// What stands before the number of an answer in steps.
    package let answerBefore: String
    /// What stands behind it.
    package let answerAfter: String

    private init(
        _ question: String,
        _ steps: String,
        _ direct: String,
        _ before: String,
        _ after: String = ""
    ) {
        self.question = question
        self.steps = steps
        self.direct = direct
        answerBefore = before
        answerAfter = after
    }

    /// The words by language; where the harness has English ones for another language, so has this.
    package static let byLanguage: [String: MGSMWords] = [
        "bn": MGSMWords("প্রশ্ন:", "ধাপে ধাপে উত্তর:", "Answer:", "The answer is "),
        "de": MGSMWords(
            "Frage:",
            "Schritt-für-Schritt-Antwort:",
            "Antwort:",
            "Die Antwort lautet "
        ),
        "en": MGSMWords("Question:", "Step-by-Step Answer:", "Answer:", "The answer is "),
        "es": MGSMWords("Pregunta:", "Respuesta paso a paso:", "Respuesta:", "La respuesta es "),
        "fr": MGSMWords(
            "Question :",
            "Réponse étape par étape :",
            "Réponse :",
            "La réponse est "
        ),
        "ja": MGSMWords("問題：", "ステップごとの答え:", "Answer:", "答えは", "です。"),
        "ru": MGSMWords("Задача:", "Пошаговоерешение:", "Answer:", "Ответ — "),
        "sw": MGSMWords("Swali:", "Jibu la Hatua kwa Hatua:", "Answer:", "Jibu ni "),
        "te": MGSMWords("ప్రశ్న:", "దశలవారీగా సమాధానం:", "Answer:", "సమాధానం "),
        "th": MGSMWords("โจทย์:", "คำตอบทีละขั้นตอน:", "Answer:", "คำตอบคือ "),
        "zh": MGSMWords("问题：", "逐步解答:", "Answer:", "答案是 ", "。"),
    ]

    /// The words of a language.
    ///
    /// - Throws: `EvaluationError.noWords`.
    package static func of(_ language: String, task: String) throws -> MGSMWords {
        guard let words = byLanguage[language] else {
            throw EvaluationError.noWords(
                task: task,
                language: language,
                known: byLanguage.keys.sorted()
            )
        }
        return words
    }
}
