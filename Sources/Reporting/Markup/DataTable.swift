import Foundation
import Foundations

/// Rows of texts under titles: shown as a table, copied as tab-separated text, saved as CSV.
package struct DataTable: Sendable {
    /// The titles of the columns.
    package var titles: [String]
    /// The rows, each with as many cells as there are titles.
    package var rows: [[String]]
    /// How many columns on the left are names; numbers follow.
    package var names: Int
    /// Rows of what the page is about.
    package var emphasized: Set<Int>
    /// What the rows have found, where they are comparisons; the words stand in a cell of the row.
    var verdicts: [Verdict] = []

    /// Describes a table.
    package init(
        _ titles: [String],
        rows: [[String]],
        names: Int = 1,
        emphasized: Set<Int> = []
    ) {
        self.titles = titles
        self.rows = rows
        self.names = names
        self.emphasized = emphasized
    }

    /// The same with its columns as rows, for tables that are wider than a page.
    ///
    /// - Parameter title: What the columns have been.
    /// - Returns: A table with a row for each column but the first.
    func transposed(_ title: String) -> DataTable {
        DataTable(
            [title] + rows.map { $0.first ?? "" },
            rows: titles.indices.dropFirst().map { column in
                [titles[column]] + rows.map { $0[column] }
            }
        )
    }

    /// The table as CSV (RFC 4180).
    package var csv: String {
        // Spreadsheets know no minus sign of typography, and no space at which no line ends.
        CSVText.table(
            ([titles] + rows).map { row in
                row.map { $0.replacing("−", with: "-").replacing("\u{A0}", with: " ") }
            }
        )
    }

    /// The table as HTML that can be copied and scrolled.
    ///
    /// - Parameter caption: What it shows.
    /// - Returns: A region with the table and its button.
    package func markup(caption: String) -> Markup {
        let head = Markup.element(
            "tr",
            [:],
            titles.enumerated().map { place, title in
                .element("th", ["scope": "col", "class": kind(place)], text: title)
            }
        )
        let body = rows.enumerated().map { number, row in
            Markup.element(
                "tr",
                emphasized.contains(number) ? ["class": "strong"] : [:],
                row.enumerated().map { place, cell in
                    place == 0
                        ? .element("th", ["scope": "row", "class": "name"], text: cell)
                        : .element("td", ["class": kind(place, in: number)], text: cell)
                }
            )
        }
        let table = Markup.element(
            "table",
            [:],
            [
                .element("caption", [:], text: caption),
                .element("thead", [:], [head]), .element("tbody", [:], [.group(body)]),
            ]
        )
        return .element(
            "div",
            ["class": "table"],
            [
                .element(
                    "div",
                    [
                        "class": "scroll", "tabindex": "0", "role": "region",
                        "aria-label": caption,
                    ],
                    [table]
                ),
                .element(
                    "p",
                    ["class": "tools"],
                    [
                        .element("button", ["type": "button", "class": "copy"], text: "Copy"),
                        download(as: caption),
                    ]
                ),
            ]
        )
    }

    /// A link that saves the table as CSV.
    package func download(as name: String) -> Markup {
        let file = name.lowercased().map { $0.isASCII && ($0.isLetter || $0.isNumber) ? $0 : "-" }
        let data = Data(csv.utf8).base64EncodedString()
        return .element(
            "a",
            [
                "download": String(String(file).prefix(60)) + ".csv",
                "href": "data:text/csv;charset=utf-8;base64,\(data)",
            ],
            text: "CSV"
        )
    }

    private func kind(_ place: Int) -> String { place < names ? "name" : "number" }

    /// The class of a cell; a finding has its own beside it.
    private func kind(_ place: Int, in row: Int) -> String {
        guard verdicts.indices.contains(row), rows[row][place] == verdicts[row].words else {
            return kind(place)
        }
        return "\(kind(place)) \(verdicts[row].rawValue)"
    }
}
