/// How a run ended.
public struct TrainingSummary: Codable, Sendable {
    /// Steps that are done.
    public var step: Int
    /// Whether all steps are done; false when the run was asked to stop.
    public var isComplete: Bool
    /// The newest average loss.
    public var averageLoss: Double?
    /// The lowest validation loss and its step.
    public var best: BestValidation?
    /// Seconds of work over all resumptions.
    public var seconds: Double
    /// Tokens read over all resumptions.
    public var tokens: Int
}

/// The lowest validation loss of a run.
public struct BestValidation: Codable, Hashable, Sendable {
    /// After which step.
    public var step: Int
    /// Nats a token.
    public var loss: Double
}
