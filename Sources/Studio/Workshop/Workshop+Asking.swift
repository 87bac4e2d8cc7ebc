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
        /// Its language by its role or code; nil for the target language.
        let language: String?
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
        let examples = try examples(question.language)
        try await withTaskCancellationHandler {
            for (name, subject) in question.subjects {
                try Task.checkCancellation()
                let session = try session(model(of: subject), examples)
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
        language: String?,
        asChat: Bool,
        reply tokens: [Int32]
    ) throws -> LensMessage {
        let model = try model(of: subject)
        let session = try session(model, examples(language))
        let sequence = try session.prompt(question, asChat: asChat) + tokens
        guard sequence.count <= model.configuration.maximumPositions,
            tokens.allSatisfy({ (0..<Int32(model.configuration.vocabularySize)).contains($0) })
        else { throw StudioError.malformed("the tokens do not fit the model") }
        let places = try LayerReader(model, threadCount: threads)
            .nextTokens(after: sequence, count: LensMessage.tokenCount)
        return LensMessage(places, material.tokenizer)
    }

    /// Puts questions to a model as the run does.
    private func session(
        _ model: TransformerModel,
        _ examples: [PromptForm.Example]
    ) -> ModelSession {
        ModelSession(
            model,
            tokenizer: material.tokenizer,
            form: material.form,
            examples: examples,
            usesCalculator: material.experiment?.recipe.evaluation.calculator == .on,
            threads: threads
        )
    }

    /// The worked examples that the run shows before questions in a language; none without a recipe.
    ///
    /// - Parameter language: Its role or code; the target language when nil.
    /// - Returns: The examples in their order.
    /// - Throws: Errors of the file of examples.
    private func examples(_ language: String?) throws -> [PromptForm.Example] {
        guard let experiment = material.experiment else { return [] }
        let name = language ?? LanguageRole.target.rawValue
        let role = LanguageRole(rawValue: name)
        return try experiment.examples(role.map { experiment.recipe.languages[$0] } ?? name)
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
