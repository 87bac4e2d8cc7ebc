import Datasets
import Tokenization

/// A text and its continuation as tokens, cut apart as lm-evaluation-harness does.
///
/// White space at the end of the context belongs to the continuation; the context and the whole are
/// encoded, each from its beginning of sequence on, and what the whole has beyond the number of the
/// context's tokens is the continuation (`TemplateLM._encode_pair`). An empty context is the
/// beginning of sequence, or the end of sequence where there is none.
struct Continuation {
    /// The tokens of both.
    var tokens: [Int32]
    /// How many of them are the continuation's.
    var count: Int

    init(of context: String, _ continuation: String, tokenizer: Tokenizer) {
        var head = Substring(context).unicodeScalars
        while let last = head.last, last.isPythonSpace { head.removeLast() }
        let text = String(head)
        if context.isEmpty {
            let own = tokenizer.encode(continuation)
            let prefix = tokenizer.beginningOfSequence ?? tokenizer.endOfSequence
            // A continuation that begins with that very token is not asked for it.
            let before = prefix.map { own.first == $0 ? [] : [$0] } ?? []
            tokens = before + own
            count = max(0, tokens.count - 1)
            return
        }
        tokens = tokenizer.beginning + tokenizer.encode(context + continuation)
        let read = tokenizer.beginning.count + tokenizer.encode(text).count
        count = max(0, min(tokens.count - read, tokens.count - 1))
    }

    /// The last tokens that fit some positions: what is too long loses its beginning.
    ///
    /// - Returns: The sequence, and whether it was cut.
    func fitting(_ positions: Int) -> (sequence: ScoredSequence, isCut: Bool) {
        let kept = tokens.suffix(positions == .max ? .max : positions + 1)
        let counted = min(count, kept.count - 1)
        return (
            ScoredSequence(tokens: Array(kept), firstCounted: kept.count - counted),
            kept.count < tokens.count
        )
    }
}

extension Unicode.Scalar {
    /// Whether Python's `str.isspace` holds, by which the harness strips.
    var isPythonSpace: Bool { properties.isWhitespace || (0x1C...0x1F).contains(value) }
}
