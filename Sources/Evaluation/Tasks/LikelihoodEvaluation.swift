import Foundation

/// The likelihood of one document under one model.
package struct LikelihoodRecord: Codable, Hashable, Sendable {
    /// Name of the task, such as `target_bits_per_byte`.
    package var task: String
    /// Version of the rules of counting (`LikelihoodEvaluator.version`).
    package var version: Int
    /// Place of the document in its source, as text.
    package var id: String
    /// −log₂ of the probability of the counted tokens.
    package var bits: Double
    /// Length of the counted text in bytes of UTF-8.
    package var bytes: Int
    /// How many tokens were counted.
    package var tokens: Int
    /// How many of them stand for text that the tokenizer cannot write; they make a model look
    /// better than it is.
    package var unknownTokens: Int

    private enum CodingKeys: String, CodingKey {
        case task, version, id, bits, bytes, tokens
        case unknownTokens = "unknown_tokens"
    }
}

/// What a task of held-out text found out about one model.
package struct LikelihoodEvaluation: Hashable, Sendable {
    /// One record a document, in order.
    package let records: [LikelihoodRecord]
    /// Σ bits / Σ bytes, with its error over documents (`Estimate.ratio`).
    package let bitsPerByte: Estimate
    /// Mean loss of a token in nats, with its error over documents.
    package let lossPerToken: Estimate
    /// Questions with replies that are longer than the model's positions and were left out.
    package var leftOut = 0

    /// Sums up records.
    ///
    /// - Parameters:
    ///   - records: The records of one task and one model.
    ///   - task: Name of the task, for the error.
    /// - Throws: `EvaluationError.nothingToEvaluate` when no record holds any text.
    package init(records: [LikelihoodRecord], task: String) throws {
        let bits = records.map(\.bits)
        guard
            let bitsPerByte = Estimate.ratio(
                numerators: bits,
                denominators: records.map { Double($0.bytes) }
            ),
            let lossPerToken = Estimate.ratio(
                numerators: bits.map { $0 * log(2) },
                denominators: records.map { Double($0.tokens) }
            )
        else {
            throw EvaluationError.nothingToEvaluate(task: task, expected: "document with text")
        }
        self.records = records
        self.bitsPerByte = bitsPerByte
        self.lossPerToken = lossPerToken
    }

    /// Reads the JSON lines of an earlier evaluation.
    package init(jsonLines data: Data, path: String) throws {
        let records = try RecordLines.decode(LikelihoodRecord.self, from: data, path: path)
        try self.init(records: records, task: path)
    }

    /// The records as JSON lines with sorted keys.
    package func jsonLines() throws -> Data { try RecordLines.encode(records) }

    /// Bits and bytes by document, for paired comparisons.
    package var outcomes: Outcomes {
        Outcomes(
            identifiers: records.map(\.id),
            amounts: records.map(\.bits),
            weights: records.map { Double($0.bytes) }
        )
    }
}
