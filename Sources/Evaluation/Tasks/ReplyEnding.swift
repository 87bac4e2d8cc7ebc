import Tokenization
import Transformer

/// Texts that end a reply where no token does: a model that was not trained on single questions
/// goes on with a next one of its own.
///
/// White space before the first word is no end: models begin a reply on a new line too.
package struct ReplyEnding: Hashable, Sendable {
    /// The tokenizer of the replies.
    package let tokenizer: Tokenizer
    /// The texts.
    package let texts: [String]

    /// What ends a reply of several lines: an empty line or another question.
    package static let paragraph = ["\n\n", "Question:"]
    /// What ends a reply of one line.
    package static let line = ["\n"]

    /// Describes the ends of replies.
    package init(tokenizer: Tokenizer, texts: [String]) {
        self.tokenizer = tokenizer
        self.texts = texts
    }

    package static func == (first: ReplyEnding, second: ReplyEnding) -> Bool {
        first.tokenizer === second.tokenizer && first.texts == second.texts
    }

    package func hash(into hasher: inout Hasher) {
        hasher.combine(ObjectIdentifier(tokenizer))
        hasher.combine(texts)
    }

    /// Whether the newest token of a reply has completed an end.
    package func isReached(by tokens: [Int32]) -> Bool {
        guard let last = tokens.last else { return false }
        // Decoding the whole reply at every token would cost its square.
        let newest = tokenizer.decode([last])
        guard tokenizer.isByte(last) || texts.contains(where: { newest.shares(lastOf: $0) }) else {
            return false
        }
        return place(in: Array(tokenizer.decode(tokens).utf8)) != nil
    }

    /// The rule as a generator wants it.
    package var rule: TextGenerator.Ending {
        { _, tokens in isReached(by: tokens) }
    }

    /// The reply before its end.
    package func cut(_ reply: String) -> String {
        let bytes = Array(reply.utf8)
        guard let place = place(in: bytes) else { return reply }
        return String(decoding: bytes[..<place], as: UTF8.self)
    }

    /// The part of an unfinished reply that stays whatever follows: without an end, or the
    /// beginning of one.
    package func certain(_ reply: String) -> String {
        let bytes = Array(reply.utf8)
        if let place = place(in: bytes) { return String(decoding: bytes[..<place], as: UTF8.self) }
        let held =
            texts.map { text in
                let end = Array(text.utf8)
                return (1..<max(end.count, 1)).last {
                    bytes.suffix($0).elementsEqual(end.prefix($0))
                }
                    ?? 0
            }.max() ?? 0
        return String(decoding: bytes.dropLast(held), as: UTF8.self)
    }

    /// Where the first end begins behind the first word.
    private func place(in bytes: [UInt8]) -> Int? {
        let spaces = Array(" \n\r\t".utf8)
        guard let start = bytes.firstIndex(where: { !spaces.contains($0) }) else { return nil }
        return texts.compactMap { text in
            let end = Array(text.utf8)
            guard bytes.count - start >= end.count else { return nil }
            return (start...(bytes.count - end.count)).first {
                bytes[$0..<($0 + end.count)].elementsEqual(end)
            }
        }.min()
    }
}

extension String {
    /// Whether the last scalar of another text is anywhere in this one.
    fileprivate func shares(lastOf other: String) -> Bool {
        other.unicodeScalars.last.map(unicodeScalars.contains) ?? false
    }
}
