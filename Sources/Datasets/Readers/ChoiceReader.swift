import Foundation

/// The forms of files of choices.
package enum ChoiceFileFormat: String, Codable, Sendable, CaseIterable {
    /// XCOPA: JSON lines with `premise`, `choice1`, `choice2`, `question` (cause or effect),
    /// `label`.
    case xcopa
    /// JSON lines with `context`, `choices` (a list of texts) and `label` (a place from 0).
    case choices
}

/// Reads files of choices, plain or gzip.
package enum ChoiceReader {
    /// The problems of a file in the order of its rows.
    ///
    /// - Parameters:
    ///   - url: The file.
    ///   - format: What its rows look like.
    ///   - language: The language of rows that do not name theirs in `lang`.
    /// - Returns: One problem a row.
    /// - Throws: `DataFileError` with file and line.
    package static func problems(
        at url: URL,
        format: ChoiceFileFormat,
        language: String
    ) throws -> [ChoiceProblem] {
        try JSONRow.compactMap(of: url) { row in
            switch format {
            case .xcopa: try xcopa(row, language)
            case .choices: try choices(row, language)
            }
        }
    }

    /// What joins a premise with its cause and with its effect, as the task `xcopa` of
    /// lm-evaluation-harness has it (`lm_eval/tasks/xcopa/utils.py`).
    private static let connectors: [String: (cause: String, effect: String)] = [
        "et": ("sest", "seetõttu"),
        "ht": ("poukisa", "donk sa"),
        "id": ("karena", "maka"),
        "it": ("perché", "quindi"),
        "qu": ("imataq", "chaymi"),
        "sw": ("kwa sababu", "kwa hiyo"),
        "ta": ("காரணமாக", "எனவே"),
        "th": ("เพราะ", "ดังนั้น"),
        "tr": ("çünkü", "bu yüzden"),
        "vi": ("bởi vì", "vì vậy"),
        "zh": ("因为", "所以"),
    ]

    /// The premise without its last character, which is the period, then the connector; the first
    /// letter of a choice is small.
    private static func xcopa(_ row: JSONRow, _ language: String) throws -> ChoiceProblem {
        let language = row.optionalText("lang") ?? language
        guard let connector = connectors[language] else {
            throw row.failure(
                found: "the language '\(language)'",
                expected: "one of XCOPA's: "
                    + connectors.keys.sorted().joined(separator: ", ")
            )
        }
        let question = try row.text("question")
        guard question == "cause" || question == "effect" else {
            throw row.failure(found: "the question '\(question)'", expected: "cause or effect")
        }
        let premise = try row.text("premise").unicodeScalars
            .trimmingPrefix(while: \.properties.isWhitespace)
        let words = premise.reversed().trimmingPrefix(while: \.properties.isWhitespace)
            .dropFirst().reversed()
        let joint = question == "cause" ? connector.cause : connector.effect
        let choices = try ["choice1", "choice2"].map { try lowered(row.text($0)) }
        return ChoiceProblem(
            id: row.identity("idx", "id", set: "xcopa"),
            language: language,
            context: String(String.UnicodeScalarView(words)) + " " + joint,
            choices: choices,
            label: try label(row, of: choices.count)
        )
    }

    private static func lowered(_ text: String) -> String {
        let scalars = text.unicodeScalars
        guard let first = scalars.first else { return text }
        return first.properties.lowercaseMapping + String(scalars.dropFirst())
    }

    private static func choices(_ row: JSONRow, _ language: String) throws -> ChoiceProblem {
        guard case .text(let context)? = row["context"] else {
            throw row.failure(
                found: row["context"]?.name ?? "no field 'context'",
                expected: "a text in 'context'"
            )
        }
        guard case .texts(let choices)? = row["choices"], choices.count > 1,
            !choices.contains("")
        else {
            throw row.failure(
                found: row["choices"]?.name ?? "no field 'choices'",
                expected: "two or more texts in 'choices', none empty, as in [\"yes\", \"no\"]"
            )
        }
        return ChoiceProblem(
            id: row.identity("id", set: "choices"),
            language: row.optionalText("lang") ?? language,
            context: context,
            choices: choices,
            label: try label(row, of: choices.count)
        )
    }

    private static func label(_ row: JSONRow, of count: Int) throws -> Int {
        guard case .integer(let label)? = row["label"], (0..<Int64(count)).contains(label) else {
            throw row.failure(
                found: row["label"]?.name ?? "no field 'label'",
                expected: "the place of the right choice in 'label', from 0 to \(count - 1)"
            )
        }
        return Int(label)
    }
}

extension JSONRow {
    /// The row's own identity in the first of some fields that has one, or its line.
    fileprivate func identity(_ fields: String..., set: String) -> String {
        for field in fields {
            switch self[field] {
            case .text(let text)? where !text.isEmpty: return text
            case .integer(let number)?: return "\(set)-\(number)"
            default: continue
            }
        }
        return "\(set)-line-\(line)"
    }
}
