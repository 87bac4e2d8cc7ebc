import Datasets
import Evaluation
import Foundations
import Transformer

/// Asking a model the development problems of both languages.
extension Workshop {
    /// How many problems are asked at a time: few at first, so that a page has something to show,
    /// then as many as are decoded fast together.
    static func portions(of count: Int) -> [Range<Int>] {
        var portions: [Range<Int>] = []
        var start = 0
        for size in [8, 16, 24] + Array(repeating: 40, count: count / 40 + 1) where start < count {
            portions.append(start..<min(start + size, count))
            start += size
        }
        return portions
    }

    /// Asks a model the first problems in both languages, and tells a page as replies come.
    ///
    /// Both languages take turns, portion by portion. Between portions other pages get theirs, and
    /// work that is cancelled ends.
    ///
    /// - Parameters:
    ///   - subject: What is asked.
    ///   - count: How many problems in each language.
    ///   - emit: Gets `merged`, `answers`, `score` and `done`.
    /// - Throws: `CancellationError`, `StudioError`, errors of merges and models.
    func evaluate(_ subject: Subject, problems count: Int, emit: EventSink) async throws {
        let start = ContinuousClock.now
        try check(count)
        var generator: TextGenerator?
        for portion in Self.portions(of: count) {
            for role in [LanguageRole.target, .english] {
                try Task.checkCancellation()
                let asked = try problems(role, count: count)
                let portion = portion.clamped(to: 0..<asked.count)
                guard !portion.isEmpty else { continue }
                if replies.records(of: subject, role).count < portion.upperBound {
                    if generator == nil {
                        let began = ContinuousClock.now
                        generator = TextGenerator(
                            model: try model(of: subject),
                            threadCount: threads
                        )
                        try emit(
                            StreamEvent(
                                "merged",
                                MergedMessage(milliseconds: began.millisecondsToNow)
                            )
                        )
                    }
                    if let generator {
                        try ask(subject, generator, asked[portion], from: portion.lowerBound, role)
                    }
                }
                let records = replies.records(of: subject, role)
                try emit(
                    StreamEvent(
                        "answers",
                        AnswersMessage(
                            language: role,
                            start: portion.lowerBound,
                            answers: records[portion].map(AnswersMessage.Answer.init)
                        )
                    )
                )
                if portion.upperBound == asked.count || portion.upperBound == count {
                    try emit(StreamEvent("score", score(of: subject, role, asked.count)))
                }
                await Task.yield()
            }
        }
        try emit(StreamEvent("done", DoneMessage(milliseconds: start.millisecondsToNow)))
    }

    /// Refuses a number of problems out of range, and every number where models are not asked.
    ///
    /// - Throws: `StudioError`.
    nonisolated func check(_ count: Int) throws {
        if let silence { throw StudioError.silent(silence) }
        guard StudioError.problemCounts.contains(count) else {
            throw StudioError.problemCount(count)
        }
    }

    /// Asks some problems that follow each other.
    func ask(
        _ subject: Subject,
        _ generator: TextGenerator,
        _ problems: ArraySlice<MathProblem>,
        from start: Int,
        _ role: LanguageRole
    ) throws {
        let evaluation = try MathEvaluator(
            task: Metric(.math, role).rawValue,
            questions: questions,
            usesCalculator: evaluation?.calculator == .on
        ).evaluate(Array(problems), with: generator)
        replies.add(evaluation.records, from: start, of: subject, role)
    }

    private func score(
        of subject: Subject,
        _ role: LanguageRole,
        _ count: Int
    ) throws -> ScoreMessage {
        let records = Array(replies.records(of: subject, role).prefix(count))
        let others = references + variants.keys.sorted()
        return ScoreMessage(
            language: role,
            exact: ShareMessage(records.map(\.strictCorrect)),
            equation: ShareMessage(records.compactMap(\.equationCorrect)),
            differences: try others.compactMap { name in
                let other = Subject.model(name)
                let known = Array(replies.records(of: other, role).prefix(records.count))
                guard other != subject, known.count == records.count, !known.isEmpty else {
                    return nil
                }
                return try DifferenceMessage(of: records, to: (name, known), Metric(.math, role))
            }
        )
    }
}

extension ContinuousClock.Instant {
    /// Milliseconds that have passed since.
    var millisecondsToNow: Double { duration(to: .now).inSeconds * 1000 }
}
