/// What can be wrong with settings of data sets, mixtures and batches.
package enum DatasetError: Error, CustomStringConvertible, Equatable {
    /// A setting has a value that cannot work.
    case setting(name: String, found: String, expected: String)
    /// A name is not among the known ones.
    case unknownName(kind: String, found: String, known: [String])
    /// A mixture has no component, or one without documents.
    case emptySource(name: String)
    /// The tokenizer does not know a symbol of the chat form.
    case missingSymbol(String)
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
        case .missingSymbol(let symbol):
            return "the tokenizer has no piece '\(symbol)', which the chat form needs; "
                + "train it with this symbol among its user-defined symbols"
        case .nothingFits(let name, let draws, let maximum):
            return "\(name): none of \(draws) documents drawn fits into \(maximum) tokens; "
                + "raise maximumSequenceLength or the tokens per batch"
        case .drawFailed(let what, let attempts):
            return "no \(what) was found in \(attempts) attempts; "
                + "widen the number ranges or the split shares"
        }
    }
}

/// Finds the known name that was probably meant.
package enum NearestName {
    /// ", nearest known: 'x'" when a known name is near enough to be a slip of the pen, else "".
    package static func suggestion(for name: String, among known: [String]) -> String {
        guard let nearest = nearest(to: name, among: known) else { return "" }
        return ", nearest known: '\(nearest)'"
    }

    /// The known name with the smallest edit distance, or nil when none is known.
    package static func nearest(to name: String, among known: [String]) -> String? {
        known.map { (distance(name, $0), $0) }.min { $0.0 < $1.0 }?.1
    }

    /// The Levenshtein distance of two texts, in characters.
    package static func distance(_ first: String, _ second: String) -> Int {
        let columns = Array(second)
        var previous = Array(0...columns.count)
        for (row, character) in first.enumerated() {
            var current = [row + 1]
            for (column, other) in columns.enumerated() {
                let replaced = previous[column] + (character == other ? 0 : 1)
                current.append(min(replaced, previous[column + 1] + 1, current[column] + 1))
            }
            previous = current
        }
        return previous[columns.count]
    }
}
