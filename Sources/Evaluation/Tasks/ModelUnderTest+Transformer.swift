import Transformer

extension TextGenerator: ReplyGenerator {
    /// Greedy replies of a real model.
    package func replies(
        to prompts: [[Int32]],
        settings: ReplySettings,
        assistant: (@Sendable (Int, [Int32]) -> [Int32])?
    ) -> [[Int32]] {
        let options = GenerationOptions(
            maximumNewTokens: settings.maximumNewTokens,
            stopTokens: [settings.stopToken],
            batchSize: settings.batchSize
        )
        return generate(prompts: prompts, options: options, assistant: assistant)
    }
}

extension SequenceScorer: TokenScorer {}
