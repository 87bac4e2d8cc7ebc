import Datasets
import Foundation
import Tokenization

/// A tokenizer at work on whole files: lines of text to identifiers, and back.
package struct TokenizerLines {
    /// What encoding came to.
    package struct Counts: Encodable, Sendable {
        /// Texts that were encoded.
        package private(set) var texts = 0
        /// Tokens of all texts.
        package private(set) var tokens = 0
        /// Bytes of all texts in UTF-8.
        package private(set) var bytes = 0

        /// Bytes of text for each token; nil without tokens.
        package var bytesPerToken: Double? { tokens > 0 ? Double(bytes) / Double(tokens) : nil }

        fileprivate mutating func add(_ text: String, _ identifiers: [Int32]) {
            texts += 1
            tokens += identifiers.count
            bytes += text.utf8.count
        }
    }

    private let tokenizer: Tokenizer

    /// Loads a `tokenizer.model`, a `tokenizer.json`, or that of a model folder.
    ///
    /// - Throws: `TokenizerError`.
    package init(at url: URL) throws { tokenizer = try TokenizerInspection.tokenizer(at: url) }

    /// Encodes every line of a file, plain or gzip; blank lines are left out.
    ///
    /// - Parameters:
    ///   - file: Lines of text, or JSON lines.
    ///   - field: The field of JSON lines that holds the text; nil for lines of text.
    ///   - allowingSpecial: Whether the spelling of a special token in the text is that token.
    ///   - addingSpecial: Whether the tokens are added that the model puts before and behind a
    ///     text.
    ///   - body: Gets the identifiers of each text in order.
    /// - Returns: How many texts, tokens and bytes there were.
    /// - Throws: `DataFileError`, and what `body` throws.
    package func encode(
        _ file: URL,
        field: String?,
        allowingSpecial: Bool,
        addingSpecial: Bool,
        _ body: ([Int32]) throws -> Void
    ) throws -> Counts {
        var counts = Counts()
        func take(_ text: String) throws {
            let identifiers = tokenizer.encode(
                text,
                allowingSpecial: allowingSpecial,
                addingSpecial: addingSpecial
            )
            counts.add(text, identifiers)
            try body(identifiers)
        }
        guard let field else {
            try DataFile.forEachLine(of: file) { try take($0.text) }
            return counts
        }
        _ = try JSONRow.compactMap(of: file) { row -> Never? in
            try take(row.text(field))
            return nil
        }
        return counts
    }

    /// Decodes every line of a file, plain or gzip: JSON arrays of identifiers.
    ///
    /// - Parameters:
    ///   - file: One array a line, as `encode` gives them.
    ///   - body: Gets the text of each line in order.
    /// - Throws: `DataFileError` for a line that is no such array and for an identifier that the
    ///   vocabulary does not have, and what `body` throws.
    package func decode(_ file: URL, _ body: (String) throws -> Void) throws {
        try DataFile.forEachLine(of: file) { line in
            let identifiers = try? JSONDecoder().decode([Int32].self, from: Data(line.text.utf8))
            guard let identifiers else {
                throw DataFileError.badRow(
                    path: file.path,
                    line: line.number,
                    found: "\"\(line.text.prefix(40))\"",
                    expected: "an array of identifiers, as in [12, 7]"
                )
            }
            let known = 0..<Int32(tokenizer.vocabularySize)
            if let other = identifiers.first(where: { !known.contains($0) }) {
                throw DataFileError.badRow(
                    path: file.path,
                    line: line.number,
                    found: "the identifier \(other)",
                    expected: "identifiers below \(tokenizer.vocabularySize)"
                )
            }
            try body(tokenizer.decode(identifiers))
        }
    }
}
