import Foundation

/// Texts of a JSON-lines file, one document a row.
package struct TextCorpus: DocumentSource {
    /// The texts, in the order of the file.
    package let texts: [String]
    /// The hash of all texts.
    package let fingerprint: String

    /// The rows of the file; nil for texts that come from none.
    package let rows: RowCounts?

    /// Makes a corpus of given texts.
    package init(texts: [String]) { self.init(texts, rows: nil) }

    private init(_ texts: [String], rows: RowCounts?) {
        self.texts = texts
        self.rows = rows
        var mixer = ContentMixer()
        for text in texts {
            mixer.mix(text)
        }
        fingerprint = "texts 1 \(texts.count) \(mixer.hexadecimal)"
    }

    /// Reads the texts of a split.
    ///
    /// - Parameters:
    ///   - url: A file of JSON lines, plain or gzip.
    ///   - field: The field that holds the text.
    ///   - split: The part to keep, or nil for all.
    ///   - shares: How much is held out; a text belongs to a split by its own hash.
    /// - Throws: `DataFileError`, or `DatasetError.emptySplit` when the split holds nothing.
    package init(
        at url: URL,
        field: String = "text",
        split: Split? = nil,
        shares: SplitShares = SplitShares()
    ) throws {
        try shares.validate()
        var rows = RowCounts()
        let kept = try JSONRow.compactMap(of: url) { row in
            let text = try row.text(field)
            let part = shares.split(of: text)
            rows.count(part)
            return split == nil || part == split ? text : nil
        }
        try DatasetError.check(kept.count, of: rows, from: url, in: split)
        self.init(kept, rows: rows)
    }

    /// How many texts there are.
    package var count: Int? { texts.count }

    /// The text at a place.
    package func document(at index: Int) throws -> Document { .text(texts[index]) }
}
