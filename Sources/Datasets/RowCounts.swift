/// The rows of a file and the parts that they belong to.
package struct RowCounts: Codable, Hashable, Sendable {
    /// How many rows the file has.
    package private(set) var rows = 0
    /// How many of them are learned from.
    package private(set) var train = 0
    /// How many are looked at while a model learns.
    package private(set) var development = 0
    /// How many are measured on at the end.
    package private(set) var test = 0
    /// How many of the part that is read have no worked solution that could be read and are left
    /// out.
    package var unsolved = 0

    /// Counts nothing yet.
    package init() {}

    /// Counts a row that belongs to a split.
    package mutating func count(_ split: Split) {
        rows += 1
        switch split {
        case .train: train += 1
        case .development: development += 1
        case .test: test += 1
        }
    }

    /// How many rows a split has.
    package subscript(_ split: Split) -> Int {
        switch split {
        case .train: train
        case .development: development
        case .test: test
        }
    }

    /// Where the rows are: `3 rows, all in the development part`.
    package var description: String {
        let noun = rows == 1 ? "1 row" : "\(rows) rows"
        let parts = Split.allCases.filter { self[$0] > 0 }
        if parts.count == 1, let part = parts.first {
            let all = rows == 1 ? "" : "all "
            return "\(noun), \(all)in the \(part.partName)"
        }
        return "\(noun): "
            + parts.map { "\(self[$0]) in the \($0.partName)" }.joined(separator: ", ")
    }
}

extension Split {
    /// What the split is called in messages.
    package var partName: String {
        switch self {
        case .train: "training part"
        case .development: "development part"
        case .test: "test part"
        }
    }
}
