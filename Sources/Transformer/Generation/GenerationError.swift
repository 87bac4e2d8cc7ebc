/// Why a model cannot continue a prompt.
package enum GenerationError: Error, Hashable, CustomStringConvertible {
    /// A prompt has no tokens, so that there is nothing to continue.
    case emptyPrompt(number: Int)
    /// A prompt leaves no position for a reply.
    case promptTooLong(tokens: Int, positions: Int)

    package var description: String {
        switch self {
        case .emptyPrompt(let number):
            "prompt \(number) has no tokens; a model without a token that begins texts needs at "
                + "least one word to continue"
        case .promptTooLong(let tokens, let positions):
            "the prompt has \(tokens) tokens and the model \(positions) positions, which leaves no "
                + "room for a reply; shorten the text to fewer than \(positions) tokens"
        }
    }
}
