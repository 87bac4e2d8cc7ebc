import Foundation
import Foundations

/// What can be wrong with settings of data sets, mixtures and batches.
package enum DatasetError: Error, CustomStringConvertible, Equatable {
    /// A setting has a value that cannot work.
    case setting(name: String, found: String, expected: String)
    /// A name is not among the known ones.
    case unknownName(kind: String, found: String, known: [String])
    /// A mixture has no component, or one without documents.
    case emptySource(name: String)
    /// No row of a file belongs to the part that is read, or none of them can be used.
    case emptySplit(file: String, split: Split?, rows: RowCounts)
    /// The tokenizer does not know a symbol of the chat form.
    case missingSymbol(String)
    /// The tokenizer has no token that ends a document.
    case missingEnd
    /// Document after document was drawn and none could be placed in a batch.
    case nothingFits(name: String, draws: Int, maximumSequenceLength: Int)
    /// No content was found that satisfies all conditions of a draw.
    case drawFailed(what: String, attempts: Int)

    /// What was wrong, what was expected and what to do.
    package var description: String {
        switch self {
        case .setting(let name, let found, let expected):
            return "\(name): found \(found), expected \(expected)"
        case .unknownName(let kind, let found, let known):
            let nearest = NearestName.suggestion(for: found, among: known)
            return "unknown \(kind) '\(found)'\(nearest); known: \(known.joined(separator: ", "))"
        case .emptySource(let name):
            return "the data source '\(name)' holds no document; "
                + "check its file, its split and its shares"
        case .emptySplit(let file, let split, let rows):
            if rows.unsolved > 0 {
                return "\(file): \(rows.description); none of the \(rows.unsolved) in the "
                    + "\(split?.partName ?? "file") has a worked solution to learn from; use "
                    + "another file or form"
            }
            return "\(file): \(rows.description); none in the \(split?.partName ?? "file"), "
                + "which is read here; give the file more rows, or change how much is held out "
                + "(world.development_share)"
        case .missingSymbol(let symbol):
            return "the tokenizer has no piece '\(symbol)', which the chat form needs; "
                + "train it with this symbol among its user-defined symbols"
        case .missingEnd:
            return "the tokenizer has no piece that ends a document (its eos_id is -1), which "
                + "training needs; use a tokenizer with '</s>'"
        case .nothingFits(let name, let draws, let maximum):
            return "\(name): none of \(draws) documents drawn fits into \(maximum) tokens; "
                + "raise sequence_length and tokens_per_batch, or shorten the documents"
        case .drawFailed(let what, let attempts):
            return "no \(what) was found in \(attempts) attempts; "
                + "widen the number ranges or the split shares"
        }
    }
}

extension DatasetError {
    /// Checks that at least one of the rows of a file was kept.
    ///
    /// - Throws: `emptySplit`.
    package static func check(
        _ kept: Int,
        of rows: RowCounts,
        from url: URL,
        in split: Split?
    ) throws {
        guard kept == 0 else { return }
        throw DatasetError.emptySplit(file: url.path, split: split, rows: rows)
    }
}
