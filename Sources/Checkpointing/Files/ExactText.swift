/// A text that equals another when its bytes do.
///
/// `String` takes `é` and `e` with an accent for the same; to a tokenizer they are two tokens.
package struct ExactText: Hashable, Comparable, Sendable, CustomStringConvertible {
    /// The text.
    package let text: String

    /// Takes a text.
    package init(_ text: String) { self.text = text }

    /// The text.
    package var description: String { text }

    package static func == (first: ExactText, second: ExactText) -> Bool {
        first.text.utf8.elementsEqual(second.text.utf8)
    }

    package static func < (first: ExactText, second: ExactText) -> Bool {
        first.text.utf8.lexicographicallyPrecedes(second.text.utf8)
    }

    package func hash(into hasher: inout Hasher) {
        for byte in text.utf8 { hasher.combine(byte) }
    }
}
