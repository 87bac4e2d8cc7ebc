/// Token sequences packed one after the other, without padding.
///
/// Segment s covers tokens `segmentOffsets[s] ..< segmentOffsets[s + 1]`. Positions restart with
/// each segment and attention never crosses a border. `targets[t]` is the token that position t
/// has to predict, already shifted, or `ignoredTarget` where nothing is asked of it.
public struct ModelInput: Sendable {
    /// Marks a position that takes no part in the loss.
    public static let ignoredTarget: Int32 = -1

    /// The tokens of all segments.
    public package(set) var tokens: [Int32]
    /// Where segments begin, and at the end the number of tokens: `[0, …, tokens.count]`.
    public package(set) var segmentOffsets: [Int]
    /// The token to predict at each position, or `ignoredTarget`.
    public var targets: [Int32]

    /// Packs tokens whose borders and targets are known.
    package init(tokens: [Int32], segmentOffsets: [Int], targets: [Int32]) {
        self.tokens = tokens
        self.segmentOffsets = segmentOffsets
        self.targets = targets
    }

    /// Packs whole sequences; each position predicts the next token of its own sequence.
    ///
    /// The last token of a sequence predicts nothing.
    ///
    /// - Parameter sequences: Token sequences; empty ones are left out.
    public init(sequences: [[Int32]]) {
        self.init(tokens: [], segmentOffsets: [0], targets: [])
        for sequence in sequences where !sequence.isEmpty {
            tokens += sequence
            targets += sequence.dropFirst() + [Self.ignoredTarget]
            segmentOffsets.append(tokens.count)
        }
    }

    /// The first sequences, at most `count` of them.
    package func firstSegments(_ count: Int) -> ModelInput {
        guard count < segmentOffsets.count - 1 else { return self }
        let end = segmentOffsets[count]
        return ModelInput(
            tokens: Array(tokens[..<end]),
            segmentOffsets: Array(segmentOffsets[...count]),
            targets: Array(targets[..<end])
        )
    }

    /// How many positions take part in the loss.
    public var countedTokens: Int {
        targets.reduce(0) { $0 + ($1 == Self.ignoredTarget ? 0 : 1) }
    }
}
