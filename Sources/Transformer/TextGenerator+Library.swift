import Foundation

extension TextGenerator {
    /// Prepares the weights of a model; later changes of the model are not seen.
    ///
    /// - Parameter model: The model; one thread for each core continues sequences.
    public convenience init(_ model: TransformerModel) {
        self.init(model: model, threadCount: ProcessInfo.processInfo.activeProcessorCount)
    }

    /// Continues a prompt until a stop token, the most new tokens, or the last position.
    ///
    /// - Parameters:
    ///   - prompt: One token or more, the begin token among them where the model has one.
    ///   - options: How to choose tokens; greedy by default.
    ///   - onToken: Called for each new token, for output while it is generated.
    /// - Returns: The new tokens, without the stop token.
    /// - Throws: An error for a prompt without tokens, for options out of range, and when a logit is
    ///   not finite.
    public func continuation(
        of prompt: [Int32],
        options: GenerationOptions = GenerationOptions(),
        onToken: (@Sendable (Int32) -> Void)? = nil
    ) throws -> [Int32] {
        if let problem = options.problem { throw GenerationError.options(problem) }
        var report: (@Sendable (Int, Int32) -> Void)?
        if let onToken { report = { _, token in onToken(token) } }
        return try generate(prompts: [prompt], options: options, onToken: report)[0]
    }
}

extension SequenceScorer {
    /// Prepares the weights of a model; later changes of the model are not seen.
    ///
    /// - Parameter model: The model; one thread for each core works on sequences.
    public convenience init(_ model: TransformerModel) {
        self.init(model: model, threadCount: ProcessInfo.processInfo.activeProcessorCount)
    }
}
