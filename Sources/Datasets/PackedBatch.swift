/// Documents packed one after the other, tokenised, shifted and masked: what one step reads.
///
/// The labels are shifted here and nowhere else. The last token of a document is predicted and
/// never read, so every position has a target; one whose target is `ignoredTarget` lies inside a
/// masked prompt and takes no part in the loss.
package struct PackedBatch: Sendable, Equatable {
    /// Marks a position that takes no part in the loss.
    package static let ignoredTarget: Int32 = -1

    /// The tokens of all segments.
    package var tokens: [Int32]
    /// Where segments begin, and at the end the number of tokens: `[0, …, tokens.count]`.
    package var segmentOffsets: [Int]
    /// The token to predict at each position, or `ignoredTarget`.
    package var targets: [Int32]

    /// Describes a batch whose parts are known.
    package init(tokens: [Int32], segmentOffsets: [Int], targets: [Int32]) {
        self.tokens = tokens
        self.segmentOffsets = segmentOffsets
        self.targets = targets
    }
}
