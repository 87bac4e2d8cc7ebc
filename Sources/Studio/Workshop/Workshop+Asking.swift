import Arithmetic
import Datasets
import Foundation
import Pipeline
import Synchronization
import Transformer

/// Asking models a question of one's own.
extension Workshop {
    /// The merge that is on the page.
    static let mergeName = "merge"

    /// What a page asks of several models.
    struct Question: Sendable {
        /// The models by their names on the page, in the order in which they answer.
        let subjects: [(name: String, subject: Subject)]
        let text: String
        /// What is right; nil where nobody knows.
        let answer: CanonicalNumber?
        /// Whether it is put in the chat form, or to be continued.
        let asChat: Bool
    }

    /// Lets models answer in turn, and tells a page as words come.
    ///
    /// - Parameters:
    ///   - question: What is asked.
    ///   - emit: Gets `text` and `reply` of each model, then `done`.
    /// - Throws: `CancellationError`, errors of merges, models and the chat form.
    func answer(_ question: Question, emit: @escaping EventSink) async throws {
        let start = ContinuousClock.now
        let isCancelled = SharedFlag()
        try await withTaskCancellationHandler {
            for (name, subject) in question.subjects {
                try Task.checkCancellation()
                let session = try session(of: subject)
                var options = ModelSession.Options()
                options.maximumNewTokens = longestReply
                let reply = try session.reply(
                    to: question.text,
                    asChat: question.asChat,
                    options: options,
                    onText: { text in
                        let piece = PieceMessage(model: name, text: text)
                        if let event = try? StreamEvent("text", piece) { emit(event) }
                    },
                    isStopped: { isCancelled.isOn }
                )
                try Task.checkCancellation()
                try emit(
                    StreamEvent(
                        "reply",
                        ReplyMessage(name, reply, material.tokenizer, answer: question.answer)
                    )
                )
                await Task.yield()
            }
        } onCancel: {
            isCancelled.raise()
        }
        try emit(StreamEvent("done", DoneMessage(milliseconds: start.millisecondsToNow)))
    }

    /// What a model would write next behind a question and the beginning of its reply, read off
    /// behind each layer.
    ///
    /// - Throws: Errors of merges, models and the chat form.
    func lens(
        _ subject: Subject,
        question: String,
        asChat: Bool,
        reply tokens: [Int32]
    ) throws -> LensMessage {
        let model = try model(of: subject)
        let sequence = try session(model).prompt(question, asChat: asChat) + tokens
        guard sequence.count <= model.configuration.maximumPositions,
            tokens.allSatisfy({ (0..<Int32(model.configuration.vocabularySize)).contains($0) })
        else { throw StudioError.malformed("the tokens do not fit the model") }
        let places = try LayerReader(model, threadCount: threads)
            .nextTokens(after: sequence, count: LensMessage.tokenCount)
        return LensMessage(places, material.tokenizer)
    }

    private func session(of subject: Subject) throws -> ModelSession {
        try session(model(of: subject))
    }

    private func session(_ model: TransformerModel) -> ModelSession {
        ModelSession(
            model,
            tokenizer: material.tokenizer,
            form: material.form,
            threads: threads
        )
    }

    /// Another problem of a language, with the same in English.
    ///
    /// - Throws: `StudioError`, errors of problem files.
    func draw(_ language: String) throws -> DrawnMessage {
        let most = StudioError.problemCounts.upperBound
        try check(most)
        let role = LanguageRole(rawValue: language)
        let others = material.experiment?.sampledBystanders ?? []
        guard role != nil || others.contains(language) else {
            throw StudioError.malformed(
                "found language \"\(language)\", expected one of "
                    + (LanguageRole.allCases.map(\.rawValue) + others).joined(separator: ", ")
            )
        }
        drawn += 1
        let problems =
            try role.map { try self.problems($0, count: most) }
            ?? material.experiment?.sampleProblems(ofBystander: language, count: most) ?? []
        guard !problems.isEmpty else { throw StudioError.silent("There are no problems.") }
        // A step that shares no divisor with a count of problems visits each before it repeats one.
        let problem = problems[drawn &* 37 % problems.count]
        let english = try self.problems(.english, count: most)
        return DrawnMessage(
            question: problem.question,
            answer: problem.answer,
            translation: role == .english
                ? nil : english.first { $0.id == problem.id }?.question
        )
    }
}

/// A flag that threads which know no task can look at.
final class SharedFlag: Sendable {
    private let value = Atomic<Bool>(false)

    /// Whether it was raised.
    var isOn: Bool { value.load(ordering: .relaxed) }

    /// Raises it.
    func raise() { value.store(true, ordering: .relaxed) }
}
