import Datasets
import Evaluation

/// The merge is made.
struct MergedMessage: Encodable, Sendable {
    let milliseconds: Double
}

/// Replies to some problems that follow each other.
struct AnswersMessage: Encodable, Sendable {
    /// A reply and how it was judged.
    struct Answer: Encodable, Sendable {
        let right: Bool
        let equation: Bool?
        let reply: String

        init(_ record: MathRecord) {
            right = record.strictCorrect
            equation = record.equationCorrect
            reply = record.reply
        }
    }

    let language: LanguageRole
    let start: Int
    let answers: [Answer]
    /// Which of two models it is, where two are compared.
    var side: String?
}

/// All replies of a language, counted and compared.
struct ScoreMessage: Encodable, Sendable {
    let language: LanguageRole
    let exact: ShareMessage?
    /// Of the problems whose equations are known.
    let equation: ShareMessage?
    let differences: [DifferenceMessage]
}

/// How much more or fewer of the same problems a model solves than another.
struct DifferenceMessage: Encodable, Sendable {
    /// The other model.
    let to: String
    let difference: Double
    let low: Double
    let high: Double
    /// McNemar's exact test.
    let p: Double
    /// Problems that only this model solves.
    let gained: Int
    /// Problems that only the other solves.
    let lost: Int

    /// Compares two models that were asked the same problems.
    ///
    /// - Throws: `ComparisonError` when they were not.
    init(
        of records: [MathRecord],
        to other: (name: String, records: [MathRecord]),
        _ metric: Metric
    ) throws {
        let outcomes = Outcomes(
            identifiers: records.map(\.id),
            correct: records.map(\.strictCorrect)
        )
        let others = Outcomes(
            identifiers: other.records.map(\.id),
            correct: other.records.map(\.strictCorrect)
        )
        let test = try PairedTest(
            metric: metric,
            a: ("this", [outcomes]),
            b: (other.name, [others])
        )
        to = other.name
        difference = test.difference
        low = test.interval.first ?? test.difference
        high = test.interval.last ?? test.difference
        p = test.p
        gained = zip(records, other.records).count { $0.strictCorrect && !$1.strictCorrect }
        lost = zip(records, other.records).count { !$0.strictCorrect && $1.strictCorrect }
    }
}

/// The end of a stream.
struct DoneMessage: Encodable, Sendable {
    let milliseconds: Double
}
