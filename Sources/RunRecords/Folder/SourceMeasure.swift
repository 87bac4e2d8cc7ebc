import Datasets
import Foundation
import Foundations

/// What a source gives to a stage: counted before the first stage is trained.
package struct SourceMeasure: Codable, Hashable, Sendable {
    /// The stage that reads the source, or `evaluation`.
    package var stage: String
    /// The partition of the stage; nil when it has none.
    package var partition: String?
    /// The source of the mixture.
    package var source: String
    /// The file, below the folder of the data; nil for a generated source.
    package var file: String?
    /// The part that is read.
    package var split: Split
    /// The rows of the file; nil for a generated source.
    package var rows: RowCounts?
    /// How many documents were looked at.
    package var documents = 0
    /// Whether these are the first ones of a source that has no end.
    package var isSample = false
    /// The characters of these documents (Unicode scalars).
    package var characters = 0
    /// How many of them have no text, in the prompt or the reply.
    package var empty = 0
    /// How many of them spell a chat symbol or a control piece; they are read as plain text.
    package var symbols = 0
    /// What only a tokenizer can count; nil before there is one.
    package var tokens: Tokens?

    /// The documents as tokens.
    package struct Tokens: Codable, Hashable, Sendable {
        /// How many positions they take.
        package var count = 0
        /// The most positions of one document.
        package var limit: Int
        /// How many are longer and are left out: questions with their replies are never cut.
        package var tooLong = 0
        /// How many texts are longer and are read in several pieces.
        package var cut = 0
        /// The positions of the shortest document.
        package var shortest = 0
        /// The positions of the longest document.
        package var longest = 0

        /// Begins to count.
        ///
        /// - Parameters:
        ///   - limit: The most positions of one document.
        ///   - shortest: What every document is shorter than.
        package init(limit: Int, shortest: Int) {
            self.limit = limit
            self.shortest = shortest
        }
    }

    /// Begins to count the documents of a source.
    ///
    /// - Parameters:
    ///   - stage: The stage that reads the source, or `evaluation`.
    ///   - partition: The partition of the stage; nil when it has none.
    ///   - source: The source of the mixture.
    ///   - file: The file, below the folder of the data; nil for a generated source.
    ///   - split: The part that is read.
    package init(
        stage: String,
        partition: String? = nil,
        source: String,
        file: String?,
        split: Split
    ) {
        self.stage = stage
        self.partition = partition
        self.source = source
        self.file = file
        self.split = split
    }

    /// The share of documents that are left out above which a warning is due.
    package static let toleratedShare = 0.01

    /// The share of documents that are too long and left out.
    package var tooLongShare: Double {
        documents == 0 ? 0 : Double(tokens?.tooLong ?? 0) / Double(documents)
    }

    /// Whether more documents are left out than can be a matter of course.
    package var isWarning: Bool { tooLongShare > Self.toleratedShare }

    /// Whether there is more to say than that everything is read.
    package var isNotable: Bool {
        empty > 0 || symbols > 0 || (tokens?.tooLong ?? 0) > 0 || (rows?.unsolved ?? 0) > 0
    }

    /// Where the documents come from: `math/problems` or `math/first/problems`.
    package var name: String {
        [stage, partition, source].compactMap { $0 }.joined(separator: "/")
    }

    /// The counts in words: `400 rows, 380 documents, 12,345 tokens; 360 longer than
    /// sequence_length 64 left out (90 %)`.
    package var summary: String {
        var parts: [String] = []
        if let rows { parts.append("\(NumberText.grouped(rows.rows)) rows") }
        let noun = isSample ? "documents looked at" : "documents"
        parts.append("\(NumberText.grouped(documents)) \(noun)")
        if let tokens {
            parts.append("\(NumberText.grouped(tokens.count)) tokens")
        } else {
            parts.append("\(NumberText.grouped(characters)) characters")
        }
        var notes: [String] = []
        if let tokens, tokens.tooLong > 0 {
            let percent = String(format: "%.*f", tooLongShare < 0.1 ? 1 : 0, 100 * tooLongShare)
            notes.append(
                "\(NumberText.grouped(tokens.tooLong)) longer than \(tokens.limit) tokens left out "
                    + "(\(percent) %)"
            )
        }
        if let tokens, tokens.cut > 0 {
            notes.append("\(NumberText.grouped(tokens.cut)) longer ones read in pieces")
        }
        if empty > 0 { notes.append("\(NumberText.grouped(empty)) without text") }
        if let rows, rows.unsolved > 0 {
            notes.append("\(NumberText.grouped(rows.unsolved)) without a worked solution left out")
        }
        if symbols > 0 {
            notes.append("\(NumberText.grouped(symbols)) with chat symbols, read as plain text")
        }
        return ([parts.joined(separator: ", ")] + notes).joined(separator: "; ")
    }
}
