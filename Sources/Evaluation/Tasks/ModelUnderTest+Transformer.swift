import Transformer

extension TextGenerator: ReplyGenerator {
    /// Greedy replies of a real model, which end at the tokens of its own files too.
    package func replies(
        to prompts: [[Int32]],
        settings: ReplySettings,
        assistant: (@Sendable (Int, [Int32]) -> [Int32])?
    ) throws -> [[Int32]] {
        let options = GenerationOptions(
            maximumNewTokens: settings.maximumNewTokens,
            stopTokens: settings.stopTokens.union(stopTokens),
            vocabularySize: settings.vocabularySize,
            batchSize: settings.batchSize
        )
        return try generate(
            prompts: prompts,
            options: options,
            assistant: assistant,
            isFinished: settings.ending?.rule
        )
    }
}

extension SequenceScorer: TokenScorer {}
