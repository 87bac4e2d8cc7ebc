import Foundation

/// The form in which whole replies are compared.
package enum ReplyText {
    /// Composed characters (NFC) and one space between words, none at the ends.
    ///
    /// Letter case and punctuation stay: they are part of what was to be written.
    package static func normalized(_ text: String) -> String {
        let words = text.unicodeScalars.split(whereSeparator: \.properties.isWhitespace)
        return words.map { String(String.UnicodeScalarView($0)) }.joined(separator: " ")
            .precomposedStringWithCanonicalMapping
    }
}
