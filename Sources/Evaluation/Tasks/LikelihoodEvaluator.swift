import Datasets
import Foundation
import Tokenization
import Transformer

/// Measures how well a model predicts held-out text: bits per byte and loss per token.
///
/// Counted are the tokens of the text, each once. The beginning of sequence is read and never
/// predicted, and the end of sequence is not asked for: both have no bytes. Bytes are those of the
/// text in UTF-8 as it was given, so that models with different tokenizers can be compared. Of a
/// chat document the response alone is counted, given its prompt. A text that is longer than
/// `maximumSequenceLength`, or than the model's positions, is cut as in training, each piece after
/// its own beginning of sequence; a chat document that is longer than the positions is left out and
/// counted. Where the tokenizer has no beginning of sequence, the first token of a text is not
/// asked. Probabilities are shares of all rows of the head, also of those without a piece.
package struct LikelihoodEvaluator: Sendable {
    /// Version of the task: changes whenever the rules of counting do.
    package static let version = 1

    /// Name of the task in records and errors, such as `target_bits_per_byte`.
    package var task: String
    /// Turns text to tokens.
    package var tokenizer: Tokenizer
    /// The form of chat documents.
    package var form: PromptForm
    /// The most positions of one sequence.
    package var maximumSequenceLength: Int
    /// How many positions run at a time, at least one sequence; no result depends on it.
    package var tokensPerBatch: Int

    /// Describes a task; in the form that fits the tokenizer where none is given.
    ///
    /// - Precondition: `maximumSequenceLength` is positive.
    package init(
        task: String,
        tokenizer: Tokenizer,
        form: PromptForm? = nil,
        maximumSequenceLength: Int = 512,
        tokensPerBatch: Int = 4096
    ) {
        precondition(maximumSequenceLength > 0, "a sequence has at least one position")
        self.task = task
        self.tokenizer = tokenizer
        self.form = form ?? .fitting(tokenizer)
        self.maximumSequenceLength = maximumSequenceLength
        self.tokensPerBatch = tokensPerBatch
    }

    /// Scores every document; documents without text are left out.
    ///
    /// - Parameters:
    ///   - documents: At least one with text.
    ///   - scorer: The model.
    /// - Returns: One record a document, and the measurements.
    /// - Throws: `EvaluationError` for no text or a likelihood that is no number; what the chat
    ///   form and the scorer throw.
    package func evaluate(
        _ documents: [Document],
        with scorer: some TokenScorer
    ) throws -> LikelihoodEvaluation {
        var records: [LikelihoodRecord] = []
        var pieces: [Piece] = []
        var leftOut = 0
        for (index, document) in documents.enumerated() {
            let room = scorer.maximumPositions
            let (parts, bytes) = try self.pieces(of: document, record: records.count, room)
            if parts.contains(where: { $0.sequence.tokens.count - 1 > room }) {
                leftOut += 1
                continue
            }
            let counted = parts.map(\.sequence).flatMap { $0.tokens.dropFirst($0.firstCounted) }
            guard !counted.isEmpty, bytes > 0 else { continue }
            records.append(
                LikelihoodRecord(
                    task: task,
                    version: Self.version,
                    id: String(index),
                    bits: 0,
                    bytes: bytes,
                    tokens: counted.count,
                    unknownTokens: counted.count { $0 == tokenizer.unknown }
                )
            )
            pieces += parts
        }
        let scores = try pieces.map(\.sequence).logProbabilities(
            with: scorer,
            tokensPerBatch: tokensPerBatch,
            task: task
        ) { records[pieces[$0].record].id }
        for (piece, score) in zip(pieces, scores) { records[piece.record].bits -= score / log(2) }
        guard leftOut == 0 || !records.isEmpty else {
            throw EvaluationError.nothingFits(
                task: task,
                documents: leftOut,
                positions: scorer.maximumPositions
            )
        }
        var evaluation = try LikelihoodEvaluation(records: records, task: task)
        evaluation.leftOut = leftOut
        return evaluation
    }

    /// A run of tokens that is scored as one segment.
    private struct Piece {
        /// The tokens, from the beginning of sequence on.
        var sequence: ScoredSequence
        /// The record that it belongs to.
        var record: Int
    }

    private func pieces(
        of document: Document,
        record: Int,
        _ room: Int
    ) throws -> ([Piece], bytes: Int) {
        switch document {
        case .text(let text):
            let parts = tokenizer.encode(text).pieces(
                behind: tokenizer.beginning,
                maximumLength: min(maximumSequenceLength, room)
            ).map { Piece(sequence: ScoredSequence(tokens: $0, firstCounted: 1), record: record) }
            return (parts, text.utf8.count)
        case .chat(let question, let response):
            let prompt = try form.prompt(question, tokenizer: tokenizer)
            let sequence = ScoredSequence(
                tokens: prompt + tokenizer.encode(response),
                firstCounted: prompt.count
            )
            let piece = Piece(sequence: sequence, record: record)
            return ([piece], response.utf8.count)
        }
    }
}
