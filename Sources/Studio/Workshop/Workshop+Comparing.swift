import Datasets
import Evaluation

/// Two models side by side.
extension Workshop {
    /// Asks two models the same problems and compares them.
    ///
    /// - Parameters:
    ///   - first: A model or a setting.
    ///   - second: Another.
    ///   - count: How many problems in each language.
    ///   - emit: Gets `answers` of both sides, a `comparison` for each language, and `done`.
    /// - Throws: `CancellationError`, `StudioError`, errors of merges and models.
    func compare(
        _ first: Subject,
        _ second: Subject,
        problems count: Int,
        emit: EventSink
    ) async throws {
        let start = ContinuousClock.now
        try check(count)
        for role in [LanguageRole.target, .english] {
            var sides: [[MathRecord]] = []
            for (side, subject) in [("first", first), ("second", second)] {
                try Task.checkCancellation()
                let records = try await records(of: subject, role, problems: count)
                sides.append(records)
                try emit(
                    StreamEvent(
                        "answers",
                        AnswersMessage(
                            language: role,
                            start: 0,
                            answers: records.map(AnswersMessage.Answer.init),
                            side: side
                        )
                    )
                )
                await Task.yield()
            }
            try emit(StreamEvent("comparison", ComparisonMessage(sides[0], sides[1], role)))
        }
        try emit(StreamEvent("done", DoneMessage(milliseconds: start.millisecondsToNow)))
    }
}

/// How two models did on the same problems of a language.
struct ComparisonMessage: Encodable, Sendable {
    let language: LanguageRole
    /// Problems that both solve.
    let both: Int
    /// Problems that neither solves.
    let neither: Int
    /// The places of the problems that only the first solves.
    let first: [Int]
    /// The places of those that only the second solves.
    let second: [Int]
    let difference: Double
    let low: Double
    let high: Double
    /// McNemar's exact test.
    let p: Double

    /// - Throws: `ComparisonError` when the problems are not the same.
    init(_ first: [MathRecord], _ second: [MathRecord], _ role: LanguageRole) throws {
        let pairs = Array(zip(first, second).map { ($0.strictCorrect, $1.strictCorrect) })
        language = role
        both = pairs.count { $0.0 && $0.1 }
        neither = pairs.count { !$0.0 && !$0.1 }
        self.first = pairs.indices.filter { pairs[$0].0 && !pairs[$0].1 }
        self.second = pairs.indices.filter { !pairs[$0].0 && pairs[$0].1 }
        let test = try DifferenceMessage(of: first, to: ("second", second), Metric(.math, role))
        difference = test.difference
        low = test.low
        high = test.high
        p = test.p
    }
}
