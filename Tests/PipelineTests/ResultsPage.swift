import Foundation
import RecipeTestSupport
import Testing

/// Recipes/Results/README.md, whose tables tests compare with the records that they are about.
enum ResultsPage {
    static let folder = RecipeSupport.url("Results")

    /// The records, by the name of their section.
    static let records: [String] =
        ((try? FileManager.default.contentsOfDirectory(atPath: folder.path)) ?? [])
        .filter { $0.hasSuffix(".json") }.map { String($0.dropLast(5)) }.sorted()

    /// The tables of a section, as cells; the first line of each are the titles.
    static func tables(of name: String) throws -> [[[String]]] {
        let text = try String(contentsOf: folder.appending(path: "README.md"), encoding: .utf8)
        let section = try #require(
            text.components(separatedBy: "\n## ").first { $0.hasPrefix("\(name)\n") },
            "README.md has no section \(name)"
        )
        return tables(in: section)
    }

    /// The tables of a text in Markdown, as cells; the first line of each are the titles.
    static func tables(in text: String) -> [[[String]]] {
        text.components(separatedBy: "\n\n").filter { $0.hasPrefix("|") }.map { block in
            block.split(separator: "\n").filter { !$0.hasPrefix("| ---") }.map { line in
                line.dropFirst().dropLast().components(separatedBy: "|").map {
                    $0.trimmingCharacters(in: .whitespaces)
                }
            }
        }
    }

    /// Whether a cell says these numbers, each rounded to the digits that it shows.
    static func says(_ cell: String, _ values: [Double?]) -> Bool {
        let shown = cell.replacing("−", with: "-")
            .matches(of: #/[-+<]?[0-9]*\.[0-9]+|[-+]?[0-9]+/#).map { String($0.output) }
        guard shown.count == values.count else { return false }
        return zip(shown, values).allSatisfy { text, value in
            guard let value else { return false }
            if text.hasPrefix("<") { return Double(text.dropFirst()).map { value < $0 } ?? false }
            guard let number = Double(text) else { return false }
            let digits =
                text.split(separator: ".", omittingEmptySubsequences: false).dropFirst()
                .first?.count ?? 0
            return abs(number - value) <= 0.5 * pow(10, -Double(digits)) + 1e-9
        }
    }
}
