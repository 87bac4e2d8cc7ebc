import Foundation

/// Texts of a JSON-lines file, one document a row.
package struct TextCorpus: DocumentSource {
    /// The texts, in the order of the file.
    package let texts: [String]
    /// The hash of all texts.
    package let fingerprint: String

    /// Makes a corpus of given texts.
    package init(texts: [String]) {
        self.texts = texts
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
    /// - Throws: `DataFileError`, or `DatasetError.emptySource` when the split holds nothing.
    package init(
        at url: URL,
        field: String = "text",
        split: Split? = nil,
        shares: SplitShares = SplitShares()
    ) throws {
        try shares.validate()
        let texts = try JSONRow.rows(of: url).map { try $0.text(field) }
        let kept = texts.filter { split == nil || shares.split(of: $0) == split }
        guard !kept.isEmpty else {
            throw DatasetError.emptySource(name: "\(url.path) (\(split?.rawValue ?? "all"))")
        }
        self.init(texts: kept)
    }

    /// How many texts there are.
    package var count: Int? { texts.count }

    /// The text at a place.
    package func document(at index: Int) throws -> Document { .text(texts[index]) }
}
