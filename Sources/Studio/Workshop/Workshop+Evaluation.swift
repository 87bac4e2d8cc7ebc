import Datasets
import Evaluation
import Foundations
import Transformer

/// Asking a model the development problems of both languages.
extension Workshop {
    /// How many problems are asked at a time, where a page shows them one by one: few at first, so
    /// that it has something to show.
    private static let firstPortions = [8, 16, 24]

    /// Which problems are asked together: some portions, then as many as are decoded fast.
    private static func portions(of count: Int, first: [Int] = []) -> [Range<Int>] {
        var portions: [Range<Int>] = []
        var start = 0
        for size in first + Array(repeating: 40, count: count / 40 + 1) where start < count {
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
        let setting = resolved(subject)
        var generator: TextGenerator?
        for portion in Self.portions(of: count, first: Self.firstPortions) {
            for role in [LanguageRole.target, .english] {
                try Task.checkCancellation()
                let asked = try problems(role, count: count)
                let portion = portion.clamped(to: 0..<asked.count)
                guard !portion.isEmpty else { continue }
                let records = try records(
                    of: setting,
                    role,
                    asked.prefix(portion.upperBound),
                    &generator
                ) {
                    try emit(StreamEvent("merged", MergedMessage(milliseconds: $0)))
                }
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
                    try emit(StreamEvent("score", score(of: subject, role, records)))
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

    /// What a model replies to the first problems of a language.
    ///
    /// Those that it was not asked yet are asked portion by portion, and work that is cancelled
    /// ends between two.
    ///
    /// - Throws: `CancellationError`, `StudioError`, errors of merges and models.
    func records(
        of subject: Subject,
        _ role: LanguageRole,
        problems count: Int
    ) async throws -> [MathRecord] {
        let asked = try problems(role, count: count)
        let setting = resolved(subject)
        var generator: TextGenerator?
        var records: [MathRecord] = []
        for portion in Self.portions(of: asked.count) {
            try Task.checkCancellation()
            records = try self.records(
                of: setting,
                role,
                asked.prefix(portion.upperBound),
                &generator
            )
            await Task.yield()
        }
        return records
    }

    /// What a model replies to the first problems of a language; it is asked at once those that it
    /// was not asked yet.
    ///
    /// While a page waits for its turn, another may have asked the same, or so many other settings
    /// that the replies to this one are gone.
    private func records(
        of subject: Subject,
        _ role: LanguageRole,
        _ problems: ArraySlice<MathProblem>,
        _ generator: inout TextGenerator?,
        onMerge: (_ milliseconds: Double) throws -> Void = { _ in }
    ) throws -> [MathRecord] {
        let known = replies.records(of: subject, role)
        guard known.count < problems.count else { return Array(known.prefix(problems.count)) }
        let evaluator = try evaluator(role)
        let began = ContinuousClock.now
        let asked = try generator ?? TextGenerator(model: model(of: subject), threadCount: threads)
        if generator == nil { try onMerge(began.millisecondsToNow) }
        generator = asked
        let new = try evaluator.evaluate(Array(problems.dropFirst(known.count)), with: asked)
        let records = known + new.records
        let named = Set(variants.values.map(Subject.merge))
        replies.keep(records, of: subject, role, named: named)
        return records
    }

    /// A variant by its setting, under which its replies are kept; every other subject is itself.
    ///
    /// A name may be taken away, and given to another setting, while the model answers.
    private func resolved(_ subject: Subject) -> Subject {
        guard case .model(let name) = subject, let setting = variants[name] else { return subject }
        return .merge(setting)
    }

    private func score(
        of subject: Subject,
        _ role: LanguageRole,
        _ records: [MathRecord]
    ) throws -> ScoreMessage {
        let others = references + variants.keys.sorted()
        return ScoreMessage(
            language: role,
            exact: ShareMessage(records.map(\.strictCorrect)),
            equation: ShareMessage(records.compactMap(\.equationCorrect)),
            differences: try others.compactMap { name in
                let other = Subject.model(name)
                let known = Array(
                    replies.records(of: resolved(other), role).prefix(records.count)
                )
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
