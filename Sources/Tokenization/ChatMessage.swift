/// A message of a conversation.
public struct ChatMessage: Hashable, Sendable {
    /// Who says it.
    public enum Role: String, Hashable, Sendable {
        /// How the model is to behave; at most once, as the first message.
        case system
        /// Who asks.
        case user
        /// The model.
        case assistant
    }

    /// Who says it.
    public var role: Role
    /// What is said.
    public var content: String

    /// Makes a message.
    public init(role: Role, content: String) {
        (self.role, self.content) = (role, content)
    }
}

/// The tokens of a reply and of what comes before it, for training and for likelihoods.
package struct ChatTurn: Equatable, Sendable {
    /// What the model reads.
    package var prompt: [Int32]
    /// What it is to write.
    package var reply: [Int32]
    /// The token with which it ends its reply.
    ///
    /// What the template writes behind it is left out. Empty where a template ends replies without
    /// such a token.
    package var ending: [Int32]
}
