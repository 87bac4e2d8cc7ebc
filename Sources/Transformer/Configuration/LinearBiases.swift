/// Which linear layers of a block have biases.
package struct LinearBiases: OptionSet, Hashable, Sendable {
    /// The bits.
    package let rawValue: Int

    /// From bits.
    package init(rawValue: Int) { self.rawValue = rawValue }

    /// Query, key and value.
    package static let queryKeyValue = LinearBiases(rawValue: 1)
    /// The output of the attention.
    package static let attentionOutput = LinearBiases(rawValue: 2)
    /// Gate, up and down.
    package static let feedForward = LinearBiases(rawValue: 4)
}
